"""The optimize phase, where strategies of the tree take part in it.

The network is the program's: what strategies look up themselves is answered from what it found before.
"""

import sys
import types

from . import encoding

#: Functions of taskgraph.util.taskcluster that strategies look things up with
LOOKUPS = ("find_task_id", "find_task_id_batched", "status_task", "status_task_batched")


class Optimization:
    """The optimize phase of the reference, over the target graph."""

    def __init__(self, tree, tasks, graphs):
        self.tree = tree
        self.tasks = tasks
        self.graphs = graphs
        self.lookups = Lookups()

    def index_paths(self, request):
        """The index paths that the strategies of the graph would look up, also inside of composite ones."""
        from taskgraph.optimize import base

        strategies = base.registry.copy()
        strategies.update(self._override(request) or {})
        pinned = set(request.get("do_not_optimize") or ())
        paths = {}
        for label, task in self.graphs["target"].tasks.items():
            if label in pinned or not task.optimization:
                continue
            name, argument = next(iter(task.optimization.items()))
            if name in strategies:
                paths.update(dict.fromkeys(_paths(strategies[name], argument)))
        return encoding.dumps({"paths": list(paths)})

    def run(self, request):
        """The method `optimize`."""
        from taskgraph.optimize import base

        self.lookups.add({"index": request.get("index"), "status": request.get("status"), "network": False})
        self.lookups.install()
        reasons = {}
        log = base._log_optimization

        def remember(verb, counts, found=None):
            reasons.update(found or {})
            return log(verb, counts, found)

        base._log_optimization = remember
        try:
            graph, label_to_taskid = base.optimize_task_graph(
                self.graphs["target"],
                set(request["requested"]),
                self.tree.parameters,
                set(request["do_not_optimize"]),
                request["decision_task_id"],
                existing_tasks=request["existing_tasks"],
                strategy_override=self._override(request),
            )
        finally:
            base._log_optimization = log
            self.lookups.uninstall()
        self.graphs.optimized(graph, label_to_taskid)
        return encoding.object_of(
            [
                ("tasks", self.graphs.tasks_json("optimized")),
                ("label_to_taskid", encoding.dumps(label_to_taskid)),
                ("reasons", encoding.dumps({label: list(reason) for label, reason in reasons.items()})),
            ]
        )

    @staticmethod
    def _override(request):
        from taskgraph.util.python_path import find_object

        return find_object(request["override"]) if request.get("override") else None


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


def _paths(strategy, argument, depth=0):
    if _is_index_search(strategy):
        return list(argument or ())
    found = []
    subs = _substrategies(strategy)
    if subs and depth < 20:
        for sub, part in zip(subs, strategy.split_args(argument, subs)):
            found += _paths(sub, part, depth + 1)
    return found
