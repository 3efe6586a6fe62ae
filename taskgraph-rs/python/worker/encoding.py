"""Writes values as JSON, as the installed Taskgraph writes them.

Newer versions write with orjson where it is installed, older ones and environments without it with the `json` of the
standard library. The two differ in what they take: orjson writes dates, dataclasses and enums, and null for NaN, but
wants keys to be strings and integers to fit into 64 bits; `json` writes keys that are numbers as text. What is written
here is what the reference would write, with one exception: integers of any size are written in both cases.
"""

import dataclasses
import enum
import json
import math
import uuid
from datetime import date, datetime, time

#: orjson if the installed Taskgraph uses it; `use_orjson` sets it
_orjson = None

#: orjson gives up at this depth
MAX_DEPTH = 250


class Unwritable(Exception):
    """A value that JSON has no place for."""

    def __init__(self, path, found, label=None):
        super().__init__(
            "%s%s cannot be written as JSON: %s" % ("%s of " % path if path else "", label or "the answer", found)
        )
        self.path = path
        self.found = found
        self.label = label


def use_orjson(module):
    global _orjson
    _orjson = module


def dumps(value, label=None):
    """The JSON of `value` in UTF-8. `label` is the task that it belongs to, for the error."""
    if _orjson is not None:
        try:
            return _orjson.dumps(value)
        except (TypeError, ValueError, RecursionError):
            pass  # either an integer that is too big, or something to complain about
    else:
        try:
            return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")
        except (TypeError, ValueError, RecursionError):
            pass
    try:
        plain = _plain(value, (), 0)
    except Unwritable as e:
        raise Unwritable(e.path, e.found, label) from None
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")


def object_of(members):
    """The JSON of an object whose values are JSON already."""
    return b"{" + b",".join(json.dumps(k).encode() + b":" + v for k, v in members) + b"}"


def array_of(items):
    return b"[" + b",".join(items) + b"]"


def show_path(path):
    text = ""
    for step in path:
        if isinstance(step, int):
            text += "[%d]" % step
        else:
            text += ("." if text else "") + str(step)
    return text


def _plain(value, path, depth):
    """`value` made of dicts, lists, strings, numbers, booleans and None alone, or Unwritable."""
    if depth > MAX_DEPTH:
        raise Unwritable(show_path(path[:12]) + "…", "it is nested without an end")
    if value is None or value is True or value is False:
        return value
    if isinstance(value, enum.Enum) and _orjson is not None:
        return _plain(value.value, path, depth + 1)
    if isinstance(value, str):
        return _text(str.__str__(value), path)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if math.isfinite(value):
            return float(value)
        if _orjson is not None:
            return None
        raise Unwritable(show_path(path), "float %r" % float(value))
    if isinstance(value, dict):
        return {_key(k, path): _plain(v, path + (k,), depth + 1) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v, path + (n,), depth + 1) for n, v in enumerate(value)]
    if _orjson is not None:
        if isinstance(value, (datetime, date, time, uuid.UUID)):
            try:
                return json.loads(_orjson.dumps(value))
            except TypeError:
                raise Unwritable(show_path(path), type(value).__name__) from None
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value) if f.name[:1] != "_")
            return {k: _plain(v, path + (k,), depth + 1) for k, v in fields}
    raise Unwritable(show_path(path), type(value).__name__)


def _key(key, path):
    if isinstance(key, str):
        return _text(str.__str__(key), path)
    if _orjson is None:
        if key is None or isinstance(key, bool):
            return json.dumps(key)
        if isinstance(key, int):
            return int.__repr__(key)
        if isinstance(key, float) and math.isfinite(key):
            return float.__repr__(key)
    raise Unwritable(show_path(path), "a key of type %s: %.80r" % (type(key).__name__, key))


def _text(text, path):
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise Unwritable(show_path(path), "str with half of a surrogate pair: %s" % ascii(text[:80])) from None
    return text
