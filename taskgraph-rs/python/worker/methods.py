"""What the program can ask for. A method takes the request and returns the JSON of its answer."""

import gc

from . import encoding
from .graphs import Graphs
from .kinds import Kinds
from .optimization import Optimization
from .tasks import Tasks
from .tree import Protocol, Tree


class Methods:
    def __init__(self, where):
        self.where = where
        self.tree = None

    def call(self, request):
        method = request.get("method")
        if not isinstance(method, str) or method not in _NAMES:
            raise Protocol("no method is called %r" % (method,))
        if self.tree is None and method != "open":
            raise Protocol("%s before open" % method)
        return getattr(self, method)(request)

    def open(self, request):
        if self.tree is not None:
            raise Protocol("a worker opens one tree")
        tree = Tree(request, self.where)
        answer = encoding.dumps(tree.answer())
        self.tree = tree
        self._begin(None)
        return answer

    def _begin(self, parameters):
        """A new generation: nothing of one before it is known any more."""
        again = self.tree.parameters is not None
        if again:
            self.optimization.lookups.uninstall()
        self.tree.parameters = parameters
        self.tasks = Tasks()
        self.kinds = Kinds(self.tree, self.tasks)
        self.graphs = Graphs(self.tree, self.tasks, self.kinds)
        self.optimization = Optimization(self.tree, self.tasks, self.graphs)
        if again:
            gc.collect()

    def parameters(self, request):
        from taskgraph.parameters import Parameters

        values = dict(request["values"])
        values.setdefault("spec", request.get("spec"))
        parameters = Parameters(strict=bool(request.get("strict", True)), repo_root=request.get("repo_root"), **values)
        parameters.check()
        self._begin(parameters)
        return encoding.object_of([("values", encoding.dumps(dict(parameters)))])

    def set_parameters(self, request):
        from taskgraph.parameters import Parameters

        self.tree.surroundings.use(request)
        # the values are complete, whether or not others would be allowed to lack some
        parameters = Parameters(strict=True, **request["values"])
        parameters.strict = bool(request.get("strict", True))
        self._begin(parameters)
        return b"{}"

    def decision_parameters(self, request):
        from taskgraph.util.python_path import find_object

        values = dict(request["values"])
        find_object(request["name"])(self.tree.graph_config, values)
        return encoding.object_of([("values", encoding.dumps(values))])

    def verify_early(self, request):
        if request.get("phase") not in ("initial", "graph_config"):
            self.need_parameters()
        return self.graphs.verify_early(request)

    def kind(self, request):
        self.need_parameters()
        return self.kinds.make_here(request)

    def finish_kinds(self, request):
        self.optimization.lookups.uninstall()
        patched, grown = self.tree.snapshot.differences()
        return encoding.object_of(
            [
                ("changed", encoding.array_of(self.tasks.changed())),
                ("patched", encoding.dumps(patched)),
                ("schemas", encoding.dumps(grown)),
                ("modules", encoding.dumps(self.tree.modules())),
            ]
        )

    def graph(self, request):
        self.need_parameters()
        return self.graphs.define(request)

    def graph_json(self, request):
        return self.graphs.json(request.get("name"))

    def verify(self, request):
        return self.graphs.verify(request)

    def target(self, request):
        return self.graphs.target(request)

    def morph(self, request):
        self.need_parameters()
        return self.graphs.morph(request)

    def optimize(self, request):
        self.need_parameters()
        return self.optimization.run(request)

    def index_paths(self, request):
        return self.optimization.index_paths(request)

    def actions(self, request):
        from taskgraph.actions.registry import render_actions_json

        self.need_parameters()
        self.optimization.lookups.uninstall()
        return encoding.dumps(
            render_actions_json(self.tree.parameters, self.tree.graph_config, request.get("task_id"))
        )

    def action(self, request):
        from taskgraph.actions.registry import trigger_action_callback

        self.optimization.lookups.uninstall()
        trigger_action_callback(
            task_group_id=request.get("task_group_id"),
            task_id=request.get("task_id"),
            input=request.get("input"),
            callback=request.get("callback"),
            parameters=request["parameters"],
            root=request.get("root") or self.tree.root,
            test=bool(request.get("test")),
        )
        return b"{}"

    def modules(self, request):
        """Whether an object can be found, and in which file its module is."""
        import sys

        from taskgraph.util.python_path import find_object

        find_object(request["object"])
        module = sys.modules.get(request["object"].partition(":")[0])
        return encoding.dumps({"file": getattr(module, "__file__", None)})

    def need_parameters(self):
        if self.tree is None or self.tree.parameters is None:
            raise Protocol("there are no parameters yet")


_NAMES = frozenset(
    """open parameters set_parameters decision_parameters verify_early kind finish_kinds graph graph_json verify target
    morph optimize index_paths actions action modules""".split()
)
