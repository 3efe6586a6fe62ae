"""What strategies say of tasks.

The program goes through the graph and asks for one task after the other, in the order of the reference: a strategy may
count its calls. The network is the program's: what strategies look up themselves is answered from what it found before.
"""

import sys
import types

from . import encoding
from .registries import description_of
from .tree import Protocol

#: Functions of taskgraph.util.taskcluster that strategies look things up with
LOOKUPS = ("find_task_id", "find_task_id_batched", "status_task", "status_task_batched")


class Optimization:
    def __init__(self, tree, tasks):
        self.tree = tree
        self.tasks = tasks
        self.strategies = None
        self.lookups = Lookups()

    def prepare(self, request):
        """The method `strategies`."""
        from taskgraph.optimize import base
        from taskgraph.util.python_path import find_object

        self.lookups.uninstall()
        self.strategies = base.registry.copy()
        if request.get("override"):
            self.strategies.update(find_object(request["override"]))
        labels = request.get("labels")
        used = (
            list(self.strategies)
            if labels is None
            else list({self._of(task)[0]: None for task in self.tasks.get(labels)})
        )
        patched, _ = self.tree.snapshot.differences()
        answer = {
            name: {
                "native": self.tree.registries.native_strategy(name, self.strategies[name], patched),
                "composite": _composite(self.strategies[name]),
                "index_search": any(_is_index_search(s) for s in _below(self.strategies[name])),
                "description": description_of(self.strategies[name]),
            }
            for name in used
            if name in self.strategies
        }
        return encoding.dumps({"strategies": answer, "unknown": [n for n in used if n not in self.strategies]})

    @staticmethod
    def _of(task):
        """Name of the strategy and its argument."""
        if task.optimization:
            return next(iter(task.optimization.items()))
        return "never", None

    def _find(self, label):
        if self.strategies is None:
            raise Protocol("the strategies are not prepared")
        task = self.tasks[label]
        name, argument = self._of(task)
        strategy = self.strategies[name]
        by = name
        if task.optimization and hasattr(strategy, "description"):
            by = "%s (%s)" % (name, strategy.description)
        return task, strategy, argument, by

    def remove(self, request):
        task, strategy, argument, by = self._find(request["label"])
        self.lookups.install()
        answer = strategy.should_remove_task(task, self.tree.parameters, argument)
        return encoding.dumps({"remove": bool(answer), "by": by})

    def replace(self, request):
        task, strategy, argument, by = self._find(request["label"])
        self.lookups.install()
        self.lookups.missed = []
        if _is_index_search(strategy):
            argument = argument, self.lookups.index, self.lookups.status
        answer = strategy.should_replace_task(task, self.tree.parameters, request.get("deadline"), argument)
        if answer and answer is not True and not isinstance(answer, str):
            raise Exception("%s wants to replace %s with %.80r, which is no taskId" % (by, task.label, answer))
        return encoding.dumps({"answer": answer or False, "by": by, "missed_lookups": self.lookups.missed})

    def index_paths(self, request):
        """The index paths that an IndexSearch within the strategy of a task would look up."""
        _, strategy, argument, _ = self._find(request["label"])
        return encoding.dumps({"paths": list({path: None for path in _paths(strategy, argument)})})


class Lookups:
    """Answers from the index and the queue that the program has got.

    While strategies are asked, the functions that would ask the network have other code. It is not enough to put other
    functions under their names: a strategy may have imported them into anything.
    """

    def __init__(self):
        self.index = {}
        self.status = {}
        self.network = False
        self.missed = []
        self._originals = {}

    def add(self, request):
        self.index.update(request.get("index") or {})
        self.status.update(request.get("status") or {})
        self.network = bool(request.get("network", self.network))
        self.uninstall()
        return b"{}"

    def install(self):
        global _current
        taskcluster = sys.modules.get("taskgraph.util.taskcluster")
        if self.network or self._originals or taskcluster is None:
            return
        _current = self
        for name, code in _CODE.items():
            function = getattr(taskcluster, name, None)
            function = getattr(function, "__wrapped__", function)
            if isinstance(function, types.FunctionType) and not function.__code__.co_freevars:
                self._originals[function] = (function.__code__, function.__defaults__, function.__kwdefaults__)
                function.__code__, function.__defaults__, function.__kwdefaults__ = code, None, None

    def uninstall(self):
        for function, parts in self._originals.items():
            function.__code__, function.__defaults__, function.__kwdefaults__ = parts
        self._originals = {}

    def find_task_id(self, index_path, *args, **kwargs):
        if index_path in self.index:
            return self.index[index_path]
        self._miss(index_path)
        raise KeyError("index path %s not found" % index_path)

    def find_task_id_batched(self, index_paths, *args, **kwargs):
        return self._batch(self.index, index_paths)

    def status_task(self, task_id, *args, **kwargs):
        if task_id in self.status:
            return self.status[task_id]
        self._miss(task_id)
        raise KeyError("task %s not found" % task_id)

    def status_task_batched(self, task_ids, *args, **kwargs):
        return self._batch(self.status, task_ids)

    def _batch(self, known, keys):
        keys = list(keys)
        for key in keys:
            if key not in known:
                self._miss(key)
        return {key: known[key] for key in keys if key in known}

    def _miss(self, what):
        if what not in self.missed:
            self.missed.append(what)


#: The Lookups that are installed
_current = None


def _code_of(name):
    """Code that asks `_current`. It runs with the globals of another module, so it has to find this one."""

    def asks(*args, **kwargs):
        import taskgraph_rs_worker.optimization as optimization

        return optimization.Lookups.NAME(optimization._current, *args, **kwargs)

    code = asks.__code__
    return code.replace(co_names=tuple(name if n == "NAME" else n for n in code.co_names))


_CODE = {name: _code_of(name) for name in LOOKUPS}


def _is_index_search(strategy):
    from taskgraph.optimize.strategies import IndexSearch

    return isinstance(strategy, IndexSearch)


def _substrategies(strategy):
    from taskgraph.optimize.base import CompositeStrategy

    return strategy.substrategies if isinstance(strategy, CompositeStrategy) else []


def _below(strategy, depth=0):
    yield strategy
    if depth < 20:
        for sub in _substrategies(strategy):
            yield from _below(sub, depth + 1)


def _composite(strategy):
    """Names of the classes below a composite strategy, else None."""
    return [type(s).__name__ for s in _substrategies(strategy)] or None


def _paths(strategy, argument, depth=0):
    if _is_index_search(strategy):
        return list(argument or ())
    found = []
    subs = _substrategies(strategy)
    if subs and depth < 20:
        for sub, part in zip(subs, strategy.split_args(argument, subs)):
            found += _paths(sub, part, depth + 1)
    return found
