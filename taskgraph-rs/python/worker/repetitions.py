"""Repeated work of Taskgraph, done once: functions that return the same for less.

Both cost more than making the tasks. Each is put in place right after the import of its module, so that what the tree
puts there itself still counts, and only if the module is as it is known here.
"""

import functools
import inspect
import sys
import types
from collections.abc import Sequence


def avoid(snapshot):
    """Lets the modules be changed once they are imported."""
    snapshot.after_import["taskgraph.util.hash"] = _list_files_once
    for module in ("taskgraph.util.python_path", "taskgraph.util.schema"):
        snapshot.after_import[module] = _look_at_frames_lazily


def _list_files_once(module):
    """The files that are under version control are listed anew for every pattern: the list is kept by repository, and
    each caller has made an object of its own for that."""
    function = getattr(module, "_get_all_files", None)
    # older versions keep the list themselves: it is that of a folder alone
    if hasattr(function, "cache_clear") and list(inspect.signature(function).parameters) == ["base_path", "repo"]:
        module._get_all_files = _by_repository(function)


def _by_repository(function):
    known = {}

    @functools.wraps(function)
    def files(base_path, repo):
        key = base_path, type(repo), repo.path
        if key not in known:
            known[key] = function(base_path, repo)
        return known[key]

    def cache_clear():
        known.clear()
        function.cache_clear()

    files.cache_clear = cache_clear
    return files


def _look_at_frames_lazily(module):
    """Replaces `inspect.stack()`, which finds the caller and reads the source of every function on the stack."""
    if getattr(module, "inspect", None) is inspect:
        module.inspect = _Inspect("inspect")


class _Inspect(types.ModuleType):
    """The module `inspect`, with a stack that describes only those frames that somebody looks at."""

    def __getattr__(self, name):
        return getattr(inspect, name)

    @staticmethod
    def stack(context=1):
        return _Stack(sys._getframe(1), context)


class _Stack(Sequence):
    def __init__(self, frame, context):
        self._context = context
        self._frames = []
        while frame is not None:
            self._frames.append(frame)
            frame = frame.f_back

    def __len__(self):
        return len(self._frames)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[n] for n in range(*index.indices(len(self)))]
        frame = self._frames[index]
        found = inspect.getframeinfo(frame, self._context)
        more = {"positions": found.positions} if hasattr(found, "positions") else {}
        return inspect.FrameInfo(frame, *found, **more)
