"""Chance: the same number makes the same choices."""

import random

NAMES = ["app", "lib", "x-1", "tool", "Tööl", "a.b", "linux", "one", "two", "k0", "A_b"]
WORDS = [
    "red",
    "green",
    "a b",
    "é",
    "it's",
    '"',
    "1.0",
    "true",
    "yes",
    "0x1F",
    "1_000",
    "2024-01-01",
    "~",
    "\\n",
    "💡",
    "$HOME",
    "- a",
    "a: b",
    "# a",
    "<<",
    "100%",
    "a\nb\n",
    " a",
    "*a",
    "&a",
    "!a",
    "%a",
    "@a",
    "`a`",
    "null",
    "[a",
    "{a",
]


class Raw(str):
    """A scalar that is written as it is, without quotes: what it means is for the reader of YAML to say."""


RAWS = [
    "yes",
    "off",
    "0x1F",
    "0755",
    "1_000",
    "1e3",
    "1.5e+3",
    ".5",
    "12:30",
    "~",
    "-0",
    "+7",
    "0b11",
    "1.",
    "null",
    "123456789012345678",
    "1e-7",
    "5e-324",
    "0.1",
    "-.5",
    "a,b",
    "TRUE",
    "n",
    "0o17",
    "089",
]


def own(value):
    """A copy in which nothing is the same object twice."""
    match value:
        case dict():
            return {key: own(inner) for key, inner in value.items()}
        case list():
            return [own(inner) for inner in value]
    return value


class Chance(random.Random):
    def maybe(self, share):
        return self.random() < share

    def some(self, words, most=3, least=0):
        """Different ones of these, in any order."""
        words = list(words)
        return self.sample(words, min(len(words), self.randint(least, most)))

    def put(self, share, section, key, *choices):
        """Puts one of the choices into a section, with this share. What can be called is called."""
        if self.maybe(share):
            choice = self.choice(choices)
            section[key] = choice() if callable(choice) else choice

    def text(self):
        return self.choice(["Does it", "é", "x {y}", "", "a: b", "{", *WORDS])

    def value(self, depth=0):
        """Any value that YAML and JSON have."""
        kinds = ["text", "int", "float", "bool", "null", "raw"] + (["list", "map"] if depth < 2 else [])
        match self.choice(kinds):
            case "text":
                return self.choice(WORDS)
            case "int":
                return self.choice([0, 1, -1, 7, 2**31, 2**53, 10**6, 2**63])
            case "float":
                return self.choice([0.5, 1.0, -2.25, 1e20, 1e-7, 1.1, 123456.789, -0.0])
            case "bool":
                return self.maybe(0.5)
            case "null":
                return None
            case "raw":
                return Raw(self.choice(RAWS))
            case "list":
                return [self.value(depth + 1) for _ in range(self.randint(0, 3))]
            case "map":
                return {name: self.value(depth + 1) for name in self.some(NAMES)}
