"""Frames on a pair of pipes: four bytes of length, big-endian, then JSON in UTF-8.

Nothing else ever writes to the answer pipe, and only whole frames are written to it.
"""

import json
import os
import struct


class EndOfRequests(Exception):
    """The program has closed its end: there is nothing more to do."""


class BadFrame(Exception):
    """Input that is not a frame. Nothing after it can be trusted."""


def read_exactly(fd, size):
    parts = []
    while size:
        part = os.read(fd, min(size, 1 << 20))
        if not part:
            raise EndOfRequests
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def read_frame(fd):
    """Returns the next request as it was sent."""
    (size,) = struct.unpack(">I", read_exactly(fd, 4))
    return read_exactly(fd, size)


def read_request(frame):
    """Returns a request as a dict."""
    try:
        request = json.loads(frame)
    except ValueError as e:
        raise BadFrame(str(e)) from e
    if not isinstance(request, dict):
        raise BadFrame("a request is an object")
    return request


def write_all(fd, data):
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def write_frame(fd, body):
    write_all(fd, struct.pack(">I", len(body)))
    write_all(fd, body)


def answer_body(identity, word, value):
    """The JSON of an answer. `word` is ok or error, `value` is JSON already."""
    return b'{"id":%s,"%s":%s}' % (json.dumps(identity).encode(), word, value)
