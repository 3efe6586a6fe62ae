"""A tree that is open: its graph config, the parameters, what Python's import system has of it."""

import gc
import inspect
import logging
import os
import platform
import resource
import sys

from . import encoding, repetitions, watcher
from .registries import Registries
from .snapshot import Snapshot
from .surroundings import Surroundings

LOG_FORMAT = "%(asctime)s - %(levelname)s - %(message)s"  # that of the reference's command line


class Protocol(Exception):
    """A request that makes no sense, or comes at the wrong time."""


class Tree:
    """A tree that `open` has read. All other methods work on one of these."""

    def __init__(self, request, where):
        for name, value in (request.get("environment") or {}).items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self.root = request.get("root") or "taskcluster"
        self.folder = _repository(self.root)
        self.where = where
        self.parameters = None
        where.set_tree(self.folder)
        _limit_memory(request.get("memory"))
        logging.basicConfig(format=LOG_FORMAT, level=request.get("log_level") or "INFO")
        self.snapshot = Snapshot()
        self.surroundings = Surroundings(self.snapshot)
        self.surroundings.use(request)
        repetitions.avoid(self.snapshot)
        self.snapshot.install()
        self._import(request)
        self.registries = Registries(self.snapshot)
        from taskgraph.config import load_graph_config

        self.graph_config = load_graph_config(self.root)
        watcher.wait_until_ready()
        self.graph_config.register()
        # What is there now stays: the collector would go through all of it again and again, and after a fork would
        # make a copy of every page.
        gc.freeze()

    def _import(self, request):
        import taskgraph

        if request.get("fast"):
            taskgraph.fast = True
            self.snapshot.take(taskgraph)
        # What the command `taskgraph` has imported before it registers the tree, and no more than that.
        import taskgraph.generator  # noqa: F401

        try:
            from taskgraph.util import json
        except ImportError:
            json = None
        encoding.use_orjson(getattr(json, "orjson", None))
        self.orjson = getattr(json, "orjson", None) is not None

    def answer(self):
        """The answer to `open`."""
        import taskgraph

        patched, grown = self.snapshot.differences()
        names, objects = self.registries.added()
        mozilla = _version_of_mozilla_taskgraph()
        answer = {
            "python": platform.python_version(),
            "executable": sys.executable,
            "pid": os.getpid(),
            "taskgraph": _version("taskcluster-taskgraph", taskgraph),
            "taskgraph_dir": os.path.dirname(os.path.abspath(taskgraph.__file__)),
            "mozilla_taskgraph": mozilla[0],
            "mozilla_taskgraph_dir": mozilla[1],
            "orjson": self.orjson,
            "forks": forks(),
            "writes_dependencies_of_tasks": writes_dependencies_of_tasks(),
            "loader_gets": "upstream" if gets_upstream_tasks() else "loaded",
            "vcs_root": self.folder,
            "verifications": {
                phase: count
                for phase, count in (
                    (p, len(self.registries.verifications(p))) for p in self.registries.all_verifications()
                )
                if count
            },
            "morphs": len(self.registries.morphs()),
            "parameters": self.registries.parameters_extended(),
            "patched": patched,
            "schemas": grown,
            "objects": objects,
        }
        answer.update(names)
        answer["strategies"] = self.registries.strategies(patched)
        return answer


def gets_upstream_tasks():
    """Whether a kind is given the tasks of the kinds that it depends on, as newer versions do, or all tasks so far."""
    from taskgraph.generator import Kind

    return "kind_dependencies_tasks" in inspect.signature(Kind.load_tasks).parameters


def writes_dependencies_of_tasks():
    """Whether the JSON of a graph has the `dependencies` of its tasks, as in newer versions, or the edges of the graph."""
    from taskgraph.taskgraph import TaskGraph

    return "named_links_dict" not in TaskGraph.to_json.__code__.co_names


def forks():
    """Whether the reference would make each kind in another process, in this environment."""
    from taskgraph import generator

    known = _texts(generator.TaskGraphGenerator._run.__code__)
    if not (hasattr(generator.TaskGraphGenerator, "_load_tasks_forked") or hasattr(generator, "ProcessPoolExecutor")):
        return False
    if platform.system() != "Linux":
        return False
    return not any(name in known and os.environ.get(name) for name in ("TASKGRAPH_SERIAL", "TASKGRAPH_USE_THREADS"))


def _texts(code):
    """All texts in a function and the functions within."""
    found = set()
    for constant in code.co_consts:
        if isinstance(constant, str):
            found.add(constant)
        elif hasattr(constant, "co_consts"):
            found |= _texts(constant)
    return found


def _repository(root):
    """The folder that is under version control around `root`, else its parent."""
    parent = folder = os.path.dirname(os.path.abspath(root))
    while True:
        if any(os.path.exists(os.path.join(folder, name)) for name in (".git", ".hg")):
            return folder
        folder, before = os.path.dirname(folder), folder
        if folder == before:
            return parent


def _limit_memory(size):
    if size:
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        if hard != resource.RLIM_INFINITY:
            size = min(size, hard)
        resource.setrlimit(resource.RLIMIT_AS, (size, hard))


def _version(distribution, module=None):
    version = getattr(module, "__version__", None)
    if isinstance(version, str):
        return version
    from importlib import metadata

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _version_of_mozilla_taskgraph():
    from importlib import util

    spec = sys.modules["mozilla_taskgraph"].__spec__ if "mozilla_taskgraph" in sys.modules else None
    try:
        spec = spec or util.find_spec("mozilla_taskgraph")
    except (ImportError, ValueError):
        spec = None
    if spec is None or not spec.origin:
        return None, None
    return _version("mozilla-taskgraph"), os.path.dirname(os.path.abspath(spec.origin))
