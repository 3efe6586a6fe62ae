"""Describes an exception for the person who wrote the tree: where it was raised, in which transform, by what."""

import linecache
import os
import re
import sys

from .encoding import Unwritable

#: Only the innermost frames are reported
MAX_FRAMES = 20
MAX_MESSAGE = 20000
MAX_TEXT = 200
MAX_CAUSES = 4
MAX_SCHEMA_ERRORS = 100
MAX_LABELS = 20

#: Where Python's own library is: frames there are nobody's fault in the tree, even if the tree is around it
_LIBRARY = os.path.dirname(os.__file__) + os.sep

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+(?=>)")


class TimedOut(BaseException):
    """Raised by SIGUSR1. No `Exception`: a transform that catches these has to stop all the same."""


class Died(Exception):
    """A process that was to make a kind ended without an answer."""

    def __init__(self, message, signal=None, status=None):
        super().__init__(message)
        self.signal = signal
        self.status = status


class UnknownLabels(Exception):
    """A filter has picked what is no task."""

    def __init__(self, what, function, labels):
        super().__init__("%s picks labels that no task has" % what)
        self.what = what
        self.function = function
        self.labels = sorted(label if isinstance(label, str) else repr(label) for label in labels)


class Where:
    """Knows which files belong to the tree, and which functions are steps of the kind that is being made."""

    def __init__(self):
        self.folder = None
        #: gives the loader and the transforms of the kind that is being made; only asked when something went wrong
        self.steps_of = None
        #: id of a code object, or of a callable object, -> (dotted name, code)
        self.steps = {}
        #: the last of them, as (dotted name, code or None)
        self.last_step = None

    def set_tree(self, folder):
        self.folder = os.path.join(os.path.realpath(folder), "")
        self.folder_as_given = os.path.join(os.path.abspath(folder), "")

    def in_tree(self, path):
        if self.folder is None or not path or path.startswith("<"):
            return False
        if not os.path.isabs(path) and not os.path.isfile(path):
            return False  # compiled modules name the file that they were made of, wherever that was
        path = os.path.abspath(path)
        if not path.startswith(self.folder_as_given):
            path = os.path.realpath(path)
            if not path.startswith(self.folder):
                return False
        inner = path.split(os.sep)
        return not ("site-packages" in inner or "dist-packages" in inner or path.startswith(_LIBRARY))

    def find_steps(self):
        self.steps, self.last_step = {}, None
        try:
            found = self.steps_of() if self.steps_of else ()
        except Exception:  # what the tree made of its modules may be anything
            found = ()
        for step in found:
            name, code, target = name_of(step)
            self.last_step = name, code
            if code is not None:
                self.steps[id(code)] = (name, code, None)
            if target is not None:
                self.steps[id(target)] = (name, code, target)

    def step_of(self, frame):
        """The step that `frame` runs, as (name, code), or None."""
        code = frame.f_code
        if code.co_name == "__call__" and "self" in frame.f_locals:
            found = self.steps.get(id(frame.f_locals["self"]))
            if found:
                return found[:2]
        # a sequence that got None from a transform: the transform's own frame is gone
        if code.co_name == "__call__" and "xform" in frame.f_locals and "items" in frame.f_locals:
            if frame.f_locals["items"] is None:
                name, code, _ = name_of(frame.f_locals["xform"])
                return name, code
        found = self.steps.get(id(code))
        return found[:2] if found else None


def name_of(step):
    """(dotted name, code or None, the object itself if its class is what has the code) of something callable."""
    inner = step
    while hasattr(inner, "func") and not hasattr(inner, "__code__"):
        inner = inner.func  # functools.partial
    inner = getattr(inner, "__wrapped__", inner)
    code = getattr(inner, "__code__", None) or getattr(getattr(inner, "__func__", None), "__code__", None)
    if code is not None:
        return "%s:%s" % (inner.__module__, inner.__qualname__), code, None
    kind = type(step)
    code = getattr(getattr(kind, "__call__", None), "__code__", None)
    return "%s:%s" % (kind.__module__, kind.__qualname__), code, step


def describe(error, where, depth=0):
    """The answer for an exception, as values for JSON."""
    if depth == 0:
        where.find_steps()
    frames = _frames(error.__traceback__)
    answer = {
        "type": type(error).__name__,
        "message": _message(error),
        "frames": _reported_frames(frames, where),
        "syntax": _syntax(error, where),
        "transform": None,
        "transform_at": None,
        "object": None,
        "module": None,
        "imported_by": None,
        "cause": None,
        "schema": _schema(error),
        "yielded": _yielded(frames),
    }
    step = where.last_step if answer["yielded"] else None
    for frame, _ in reversed(frames):
        step = step or where.step_of(frame)
    if step:
        answer["transform"], code = step
        if code is not None:
            answer["transform_at"] = _definition(code, where)
    for frame, _ in reversed(frames):
        if frame.f_code.co_name == "find_object" and isinstance(frame.f_locals.get("path"), str):
            answer["object"] = frame.f_locals["path"]
            break
    if isinstance(error, ImportError):
        answer["module"] = error.name
        for frame, line in reversed(frames):
            if where.in_tree(frame.f_code.co_filename):
                answer["imported_by"] = {"file": _path(frame.f_code.co_filename), "line": line}
                break
    if isinstance(error, SystemExit):
        answer["exit"] = error.code if isinstance(error.code, (int, type(None))) else _cut(str(error.code), MAX_TEXT)
    if isinstance(error, Unwritable):
        answer.update(path=error.path, found=error.found, label=error.label)
    if isinstance(error, Died):
        answer.update(signal=error.signal, status=error.status)
    if isinstance(error, UnknownLabels):
        _, code, _ = name_of(error.function)
        labels = [_cut(label, MAX_TEXT) for label in error.labels[:MAX_LABELS]]
        answer.update(labels=labels, transform_at=None if code is None else _definition(code, where))
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and cause is not error and depth < MAX_CAUSES and answer["schema"] is None:
        answer["cause"] = describe(cause, where, depth + 1)
    return answer


def _frames(traceback):
    """(frame, line) from the outermost to the innermost, without those of the worker itself."""
    found = []
    while traceback is not None:
        if not traceback.tb_frame.f_code.co_filename.startswith("<taskgraph-rs>/"):
            found.append((traceback.tb_frame, traceback.tb_lineno))
        traceback = traceback.tb_next
    return found


def _reported_frames(frames, where):
    frames = [f for f in frames if not f[0].f_code.co_filename.startswith("<frozen ")]
    reported = []
    modules = [str(frame.f_globals.get("__name__")) for frame, _ in frames]
    of_taskgraph = max((n for n, name in enumerate(modules) if name.startswith("taskgraph.")), default=None)
    for position, (frame, line) in enumerate(frames):
        file = frame.f_code.co_filename
        in_tree = where.in_tree(file)
        if in_tree or position >= len(frames) - 2 or position == of_taskgraph:
            reported.append(
                {
                    "file": _path(file),
                    "line": line,
                    "function": getattr(frame.f_code, "co_qualname", frame.f_code.co_name),
                    "text": _cut(linecache.getline(file, line or 0).strip(), MAX_TEXT),
                    "in_tree": in_tree,
                }
            )
    return reported[-MAX_FRAMES:]


def _yielded(frames):
    """Describes what the last transform of a kind yields, if it is not a task: the reference fails when it reads it."""
    for frame, _ in reversed(frames[-2:]):
        if frame.f_globals.get("__name__") == "taskgraph.generator" and "task_dict" in frame.f_locals:
            value = frame.f_locals["task_dict"]
            reported = {"type": type(value).__name__, "label": None, "missing": []}
            if isinstance(value, dict):
                label = value.get("label")
                reported["label"] = _cut(label, MAX_TEXT) if isinstance(label, str) else None
                reported["missing"] = [k for k in ("label", "description", "attributes", "task") if k not in value]
            return reported
    return None


def _definition(code, where):
    """Returns the place of a function: the line with its name, not that of a decorator above."""
    line = code.co_firstlineno
    for n in range(line, line + 20):
        if re.match(r"\s*(async\s+)?def\s+%s\b" % re.escape(code.co_name), linecache.getline(code.co_filename, n)):
            line = n
            break
    file = _path(code.co_filename)
    return {"file": file, "line": line, "function": code.co_name, "in_tree": where.in_tree(file)}


def _syntax(error, where):
    if not isinstance(error, SyntaxError) or error.filename is None:
        return None
    return {
        "file": _path(error.filename),
        "line": error.lineno,
        "column": error.offset,
        "text": _cut((error.text or "").rstrip("\n"), MAX_TEXT),
        "in_tree": where.in_tree(error.filename),
    }


def _schema(error):
    """Returns the errors of a failed validation, in parts. Both kinds of schemas end in an exception that has but a
    text; the one with the parts is still its context."""
    inner, steps = error, 0
    while inner is not None and steps < 4:
        parts = _schema_errors(inner)
        if parts is not None:
            return {"prefix": _message(error).split("\n", 1)[0], "errors": parts[:MAX_SCHEMA_ERRORS]}
        inner, steps = inner.__context__, steps + 1
    return None


def _schema_errors(error):
    voluptuous = sys.modules.get("voluptuous")
    msgspec = sys.modules.get("msgspec")
    if voluptuous is not None and isinstance(error, voluptuous.Invalid):
        errors = error.errors if isinstance(error, voluptuous.MultipleInvalid) else [error]
        return [{"message": _cut(str(e.msg), MAX_TEXT * 5), "path": [_step(p) for p in e.path]} for e in errors]
    if msgspec is not None and isinstance(error, (msgspec.ValidationError, msgspec.DecodeError)):
        message, _, path = str(error).partition(" - at `$")
        steps = [a or b for a, b in re.findall(r"\.([^.\[\]`]+)|\[([^\]]*)\]", path)]
        return [{"message": _cut(message, MAX_TEXT * 5), "path": [int(s) if s.isdigit() else s for s in steps]}]
    return None


def _step(step):
    return step if isinstance(step, (int, str)) and not isinstance(step, bool) else str(step)


def _message(error):
    try:
        text = str(error)
    except BaseException as e:
        text = "(its text cannot be made: %s)" % type(e).__name__
    return _cut(_ADDRESS.sub("", text), MAX_MESSAGE)


def _path(file):
    """An absolute path, as text that can be written; `<string>` and the like as they are."""
    return _cut(file if file.startswith("<") else os.path.abspath(file), MAX_TEXT * 20)


def _cut(text, length):
    if len(text) > length:
        text = text[:length] + "…"
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
