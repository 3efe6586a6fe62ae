#!/usr/bin/env python3
"""Writes down what Python makes of hard text: the tables beside this file, for the tests of `taskgraph::python`.

    make.py

Run it with CPython 3.11 (its Unicode is part of the answer) that has taskcluster-taskgraph==15.1.3 and orjson. What is
made by chance is the same every time. Values are typed: {"int": "12"}, {"float": "1.0"}, {"map": [[key, value], …]}.
An answer is "=" and a text, or "!" and the name of the exception.
"""

import base64
import json
import pathlib
import posixpath
import random
import re
import struct
import sys
import urllib.parse
import warnings

import orjson
from taskgraph.util import path as taskgraph_path
from taskgraph.util import shell

assert sys.implementation.name == "cpython" and sys.version_info[:2] == (3, 11), "this needs CPython 3.11"
warnings.simplefilter("ignore")


def answer(function, *args):
    try:
        return "=" + function(*args)
    except Exception as error:
        return "!" + type(error).__name__


def write(name, rows):
    """One row a line, so that a change can be read."""
    file = pathlib.Path(__file__).with_name(f"{name}.json")
    lines = [json.dumps(row, ensure_ascii=True, separators=(",", ":")) for row in rows]
    file.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(f"{name}: {len(lines)} rows, {file.stat().st_size // 1000} kB")


def typed(value):
    match value:
        case None:
            return {"null": None}
        case bool():
            return {"bool": value}
        case int():
            return {"int": str(value)}
        case float():
            return {"float": repr(value)}
        case str():
            return {"str": value}
        case list():
            return {"list": [typed(item) for item in value]}
        case dict():
            return {"map": [[key, typed(item)] for key, item in value.items()]}


# Numbers


def hard_floats(chance):
    floats = [0.0, -0.0, float("nan"), float("inf"), -float("inf"), 5e-324, 2.2250738585072014e-308, 0.1 + 0.2]
    floats += [9007199254740991.0, 9007199254740993.0, 2.5, 3.5, 1.005, 2.675, 1e22, 1e23, 0.5, 1 / 3]
    for exponent in range(-30, 31):
        floats += [10.0**exponent, -1.5 * 10.0**exponent, 9.999999999999999 * 10.0**exponent]
    for exponent in range(-1074, 1024, 16):
        power = 2.0**exponent
        floats += [power, struct.unpack("<d", struct.pack("<Q", struct.unpack("<Q", struct.pack("<d", power))[0] - 1))[0]]
    for _ in range(500):
        floats.append(struct.unpack("<d", struct.pack("<Q", chance.getrandbits(64)))[0])
    for _ in range(300):
        floats.append(round(chance.uniform(-1e6, 1e6), chance.randrange(8)))
    return list(dict.fromkeys(floats))


def floats(chance):
    for number in hard_floats(chance):
        bits = struct.pack(">d", number).hex()
        finite = number - number == 0
        yield [bits, repr(number), orjson.dumps(number).decode() if finite else None]


def integers(chance):
    """[text, int(text)]"""
    texts = ["", " ", "0", "-0", "+0", "00", "1_000", "1__0", "_1", "1_", "- 1", "+-1", "0x10", "0b1", "1.0", "1e3", "٣", "１２", "\x1c٣", "٣\u2003", "½", "²", "一", "٣_4"]
    texts += ["\x1c12\x1f", "\x85 7\u2003", "\u200b7", "7\x00", "\ufeff7", "9" * 4300, "9" * 4301, "-" + "9" * 4300, "0" * 4301]
    texts += [str(2**63), str(2**63 - 1), str(-(2**63)), str(-(2**63) - 1), str(2**64), "-" + "0" * 30 + "5"]
    texts += ["".join(chance.choices("0123456789_+- \n", k=chance.randrange(1, 7))) for _ in range(400)]
    for text in dict.fromkeys(texts):
        yield [text, answer(lambda: str(int(text)))]


# Text


def printable():
    """The first and the last character of every run that Python prints as it is."""
    runs = []
    for code in range(sys.maxunicode + 1):
        if chr(code).isprintable():
            if runs and runs[-1][1] == code - 1:
                runs[-1][1] = code
            else:
                runs.append([code, code])
    return runs


PIECES = ["'", '"', "\\", "\\u", "\\ud83d", "\\x00", "\n", "\r", "\t", "\x00", "\x1b[31m", "\x7f", "\x80", "\x85", "\xa0"]
PIECES += ["\xad", "é", "e\u0301", "ß", "ſ", "İ", "\u200b", "\u200d", "\u2028", "\u202e", "\ufeff", "\ufffd", "\uffff", "日本"]
PIECES += ["\U0001f600", "\U0001f468\u200d\U0001f469", "\U000e0001", "\U0010ffff", "\ue000", "ك", "א", "a", "Z", "0", " ", "{", "}"]


def some_text(chance):
    return "".join(chance.choices(PIECES, k=chance.randrange(6)))


def some_value(chance, depth=0):
    sort = chance.randrange(6 if depth == 4 else 9)
    if sort < 3:
        return some_text(chance)
    if sort == 3:
        return chance.choice([0, -1, 2**63, -(2**63) - 1, 10**40, chance.getrandbits(62), -chance.getrandbits(80)])
    if sort == 4:
        return chance.choice([1.0, -0.0, 1e16, 1e-5, float("nan"), float("inf"), chance.uniform(-10, 10), 1e300 / 3])
    if sort == 5:
        return chance.choice([None, True, False])
    if sort == 6:
        return [some_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {some_text(chance): some_value(chance, depth + 1) for _ in range(chance.randrange(5))}


def values(chance):
    """[value, str, repr, ascii, json.dumps, orjson with sorted keys]: null for numbers that JSON lacks"""
    for value in PIECES + ["'\"", "''", '"\'\\\''] + [some_value(chance) for _ in range(700)]:
        ordered = answer(lambda: orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode())
        if re.search("NaN|Infinity", json.dumps(value)):
            ordered = None
        yield [typed(value), str(value), repr(value), ascii(value), json.dumps(value), ordered]


def sorting(chance):
    """[words, sorted(words)]"""
    for _ in range(60):
        words = [some_text(chance) for _ in range(chance.randrange(2, 12))]
        yield [words, sorted(words)]


# str.format

NAMES = {
    "s": "é'x\n",
    "e": "",
    "n": 42,
    "g": -1234567,
    "z": 0,
    "i": 10**25,
    "f": 3.14159,
    "h": -0.5,
    "y": 0.0,
    "v": -0.0,
    "u": 1e16,
    "t": 1.5e-7,
    "q": float("nan"),
    "p": -float("inf"),
    "T": True,
    "N": None,
    "l": [1, "x", [2.5]],
    "m": {"k": "v", "0": "zero", "a b": {"c": 1}},
    "w": 6,
    "d": ".3",
    "o": ">8",
}


class Stay(dict):
    def __missing__(self, key):
        return "{" + key + "}"


def some_spec(chance):
    parts = [("<>=^", 0.4), ("+- ", 0.3), ("z", 0.1), ("#", 0.2), ("0", 0.25)]
    spec = chance.choice(["", "", "", "*", "é", "0", "{{"]) if chance.random() < 0.3 else ""
    spec += "".join(chance.choice(letters) for letters, often in parts if chance.random() < often)
    spec += chance.choice(["", "", "1", "9", "12", "23", "{w}", "{d}", "99999999999999999999"]) if chance.random() < 0.7 else ""
    spec += chance.choice(",_") if chance.random() < 0.25 else ""
    spec += chance.choice([".", ".0", ".1", ".3", ".17", ".20", "{d}"]) if chance.random() < 0.4 else ""
    spec += chance.choice("bcdeEfFgGnosxX%rz") if chance.random() < 0.7 else ""
    return spec


def some_field(chance):
    name = chance.choice([*NAMES, *NAMES, "missing", "", "0", "-1", "a b", "٣"])
    if chance.random() < 0.2:
        name += chance.choice(["[0]", "[1]", "[-1]", "[9]", "[k]", "[a b]", "[a b][c]", "[2][0]", "[x", "[]", "[0]x", ".zz", ".", "]", "[{]"])
    conversion = chance.choice(["!r", "!s", "!a", "!x", "!", "!rr"]) if chance.random() < 0.15 else ""
    spec = ":" + some_spec(chance) if chance.random() < 0.75 else ""
    return "{" + name + conversion + spec + "}"


def templates(chance):
    """[template, template.format(**NAMES), template.format_map(…) where what is missing stays]; the first row: NAMES."""
    yield typed(NAMES)
    made = ["{", "}", "{}", "{{}}", "{{{n}}}", "}}{{", "{n", "{n:{w}{d}}", "{n:{w:{w}}}", "{s!r:{w}}", "{n:}}", "{n:{{}}"]
    made += ["{l[99999999999999999999]}", "{n:{", "{n!", "{n!r", "{n!r:", "{n:{w}", "{m[k]]}", "{m[0]}", "{n:>{w}.{z}}", "{i:c}", "{n:c}", "{l[١]}", "{n:٣d}", "{n:½}", "{l[١x]}"]
    # Each sort of number under each type, so that chance leaves none out.
    for name in "sngzifhyvutqpTN":
        made += ["{%s:%s%s}" % (name, spec, form) for form in "bcdeEfFgGnosxX%" for spec in ["", "#", "+012,.2", "z.0", "_"]]
    for _ in range(1500):
        fields = [some_field(chance) for _ in range(chance.choice([1, 1, 1, 2]))]
        made.append(chance.choice(["", "{{", "-"]).join(fields) + chance.choice(["", "", "}}", "é"]))
    for _ in range(1000):
        made.append("".join(chance.choices("{{{}}}[]!:.nsflm0129<>=^+- #,_%fgexXcr", k=chance.randrange(1, 12))))
    for template in dict.fromkeys(made):
        yield [template, answer(lambda: template.format(**NAMES)), answer(lambda: template.format_map(Stay(NAMES)))]


# Paths, urls, patterns


def paths(chance):
    """[path, other, join, normpath, dirname, basename, splitext, stem]"""
    parts = ["", "/", "//", "///", ".", "..", "...", "a", "b.c", ".d", "..e", "f.", "g.tar.gz", "é", " "]
    for _ in range(400):
        path, other = ("/".join(chance.choices(parts, k=chance.randrange(1, 5))) for _ in range(2))
        yield [
            path,
            other,
            posixpath.join(path, other),
            posixpath.normpath(path),
            posixpath.dirname(path),
            posixpath.basename(path),
            list(posixpath.splitext(path)),
            pathlib.PurePosixPath(path).stem,
        ]


def urls(chance):
    """[base, url, urljoin, [scheme, netloc, path, query, fragment, hostname] or the exception]"""
    schemes = ["http:", "https:", "HTTPS:", "gs:", "file:", "", "", "mailto:", "1a:", "a+b:", "é:"]
    hosts = ["//h", "//u:p@H.Example:80", "//[::1]:8", "//[::1", "//[v1.x]", "//[zz]", "//h\u2100", "//", "", "", "///"]
    ends = ["", "/", "/a/b", "/a/b/", "a", "../c", "./d/.", "..", "/../x", ";p", "/a;p/b;q", "//x", "/ é", "/a\tb", "\x00", " "]
    tails = ["", "", "?q", "?", "#f", "#", "?a?b#c#d", "?x/../y"]

    def some():
        return "".join(chance.choice(part) for part in (schemes, hosts, ends, tails))

    def split(url):
        try:
            parts = urllib.parse.urlsplit(url)
            return [*parts, parts.hostname]
        except ValueError:
            return "!ValueError"

    for _ in range(700):
        base, url = some(), some()
        yield [base, url, answer(urllib.parse.urljoin, base, url), split(url)]


def words(chance):
    """[words, quoted for a shell]"""
    letters = "ab~-=/.'\"\\$`!*?[](){}<>|&;# \t\né\x00,:%^"
    for _ in range(200):
        some = ["".join(chance.choices(letters, k=chance.randrange(4))) for _ in range(chance.randrange(1, 4))]
        yield [some, shell.quote(*some)]


def globs(chance):
    """[pattern, path, whether it matches]"""
    parts = ["*", "**", "a", "b.c", "a*", "*.c", "", "x", "a+", "[a]", "é"]
    for _ in range(600):
        pattern = "/".join(chance.choices(parts, k=chance.randrange(1, 5)))
        path = "/".join(chance.choices(["a", "b.c", "x", "bxc", "aa", "é", "[a]", "a+"], k=chance.randrange(1, 5)))
        yield [pattern, path, taskgraph_path.match(path, pattern)]


def codes(chance):
    """[text, base64.b64decode(text) in hex]"""
    for _ in range(300):
        text = "".join(chance.choices("AQgz09+/=\n -_é", weights=[9] * 8 + [5, 1, 1, 1, 1, 0.2], k=chance.randrange(9)))
        yield [text, answer(lambda: base64.b64decode(text).hex())]


def some_pattern(chance, depth=0, behind=False):
    atoms = ["a", "b", "c", ".", "é", "\\w", "\\d", "\\s", "\\W", "\\.", "[ab]", "[^a]", "[a-c]", "[\\w-]", "[]a]", "^", "$", "\\b", "\\B"]
    atoms += ["\\Z", "\\A", "-", "1", " ", "\\n", "{", "{1", "]", "\\x61", "[[]", "\\101", "[^\\d\\n]"]
    rare = ["\\1", "(?P=x)", "\\z", "\\p", "[b-a]", "*", "(?i)", "\\8", "["]
    out = ""
    for _ in range(chance.randrange(1, 4)):
        if depth < 2 and chance.random() < 0.3:
            # Inside a look-behind no group is repeated, and no look-around stands.
            around = [] if behind else ["(?=", "(?!", "(?<=", "(?<!"]
            head = chance.choice(["(", "(", "(?:", "(?P<x>", "(?i:", "(?>", "(?x: ", *around])
            piece = head + some_pattern(chance, depth + 1, behind or "<=" in head or "<!" in head) + ")"
        else:
            piece = chance.choice(rare if chance.random() < 0.03 else atoms)
        out += piece
        fixed = piece in ("^", "$", "\\b", "\\B", "\\A", "\\Z") or behind and piece[0] == "("
        if not fixed and chance.random() < 0.3:
            out += chance.choice(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{,2}", "*+", "{2,1}" if chance.random() < 0.1 else "?+"])
    if chance.random() < 0.2:
        out += "|" + some_pattern(chance, depth + 1, behind)
    return out


def patterns(chance):
    """[pattern, text, the match of re.match, that of re.search]: null without a match."""

    def found(function, *args):
        try:
            match = function(*args)
            return match and "=" + match.group()
        except re.error:
            return "!error"

    for _ in range(800):
        flags = chance.choice(["", "", "", "", "(?i)", "(?s)", "(?m)", "(?x)", "(?a)"])
        pattern = flags + some_pattern(chance)
        text = "".join(chance.choices(["a", "b", "c", "A", "é", "É", "1", "-", " ", "\n", ".", "ab", "\u212a", "\u0661"], k=chance.randrange(7)))
        yield [pattern, text, found(re.match, pattern, text), found(re.search, pattern, text)]


if __name__ == "__main__":
    write("printable", printable())
    for table in [floats, integers, values, sorting, templates, paths, urls, words, globs, codes, patterns]:
        # Each table has a chance of its own, so that a row more in one changes no other.
        write(table.__name__, table(random.Random(table.__name__)))
