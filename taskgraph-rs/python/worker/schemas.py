"""Schemas that a tree extends: whether they only grew.

A schema of Taskgraph is a voluptuous schema, a voluptuous `Any` of alternatives, or (in newer versions) a class of
msgspec. What natively known transforms have checked stays right when a schema takes more than it did.
"""

import sys


class Remembered:
    """Content of a schema. `kind` is schema, alternatives or struct."""

    __slots__ = ("kind", "content", "extra", "value")

    def __init__(self, kind, value):
        self.kind = kind
        self.value = value
        self.content = _content(kind, value)
        self.extra = getattr(value, "extra", None)

    def same(self, value):
        return self.kind == "struct" or _same(self.content, _content(self.kind, value))


def remember(value):
    """A Remembered, or None if `value` is no schema."""
    voluptuous = sys.modules.get("voluptuous")
    msgspec = sys.modules.get("msgspec")
    if voluptuous is not None:
        if isinstance(value, voluptuous.Schema):
            return Remembered("schema", value)
        if isinstance(value, (voluptuous.Any, voluptuous.All)):
            return Remembered("alternatives", value)
    if msgspec is not None and isinstance(value, type) and issubclass(value, msgspec.Struct):
        return Remembered("struct", value)
    return None


def has_grown(before, now):
    """Whether `now` takes at least what the remembered schema took, and more."""
    if before is None:
        return False
    if before.kind == "struct":
        return isinstance(now, type) and issubclass(now, before.value)
    after = remember(now)
    if after is None or after.kind != before.kind:
        return False
    if before.kind == "alternatives":
        return type(now) is type(before.value) and _starts_with(after.content, before.content)
    return _covers(after.content, before.content)


def _content(kind, value):
    if kind == "schema":
        return _copied(value.schema)
    if kind == "alternatives":
        return tuple(value.validators)
    return None


def _copied(schema):
    """Nested dicts copied, everything else as it is."""
    if isinstance(schema, dict):
        return {k: _copied(v) for k, v in schema.items()}
    return schema


def _same(a, b):
    if isinstance(a, dict) and isinstance(b, dict):
        return len(a) == len(b) and all(k in b and _same(v, b[k]) for k, v in a.items())
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(x is y for x, y in zip(a, b))
    return a is b or (type(a) is type(b) and _equal(a, b))


def _equal(a, b):
    try:
        return bool(a == b)
    except Exception:
        return False


def _starts_with(now, before):
    return len(now) >= len(before) and all(a is b for a, b in zip(before, now))


def _covers(now, before):
    if isinstance(before, dict) and isinstance(now, dict):
        return all(k in now and _covers(now[k], v) for k, v in before.items())
    return _same(before, now)
