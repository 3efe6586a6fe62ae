"""Reads YAML texts (a JSON list on standard input) with PyYAML and writes their typed values (a JSON list)."""

import datetime
import json
import sys

import yaml

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def typed(value):
    if value is None:
        return {"null": None}
    if isinstance(value, bool):
        return {"bool": value}
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, str):
        return {"str": value}
    if isinstance(value, datetime.datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"date": value.isoformat()}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, set):
        return {"set": sorted(map(str, value))}
    if isinstance(value, list):
        return {"list": [typed(item) for item in value]}
    if isinstance(value, dict):
        return {"map": [[typed(key), typed(item)] for key, item in value.items()]}
    raise TypeError(type(value))


def dump(text):
    try:
        return {"value": typed(yaml.load(text, Loader))}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


json.dump([dump(text) for text in json.load(sys.stdin)], sys.stdout)
