"""Methods that the program can call. A method takes the request and returns the JSON of its answer."""

import gc
import sys

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
        if method in _AFTER_PARAMETERS:
            self.need_parameters()
        return getattr(self, method)(request)

    def need_parameters(self):
        if self.tree is None or self.tree.parameters is None:
            raise Protocol("there are no parameters yet")

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

    def open(self, request):
        """{root, memory, environment, artifacts, contexts, fast, log_level}, all but root may be left out: reads the
        graph config and registers the tree. Tells versions, and what the tree registered or replaced."""
        if self.tree is not None:
            raise Protocol("a worker opens one tree")
        tree = Tree(request, self.where)
        answer = encoding.dumps(tree.answer())
        self.tree = tree
        self._begin(None)
        return answer

    def parameters(self, request):
        """{values, strict, repo_root} -> {values}: with defaults, unless strict, and checked. They hold from now on."""
        from taskgraph.parameters import Parameters

        values = dict(request["values"])
        values.setdefault("spec", request.get("spec"))
        parameters = Parameters(strict=bool(request.get("strict", True)), repo_root=request.get("repo_root"), **values)
        parameters.check()
        self._begin(parameters)
        return encoding.object_of([("values", encoding.dumps(dict(parameters)))])

    def set_parameters(self, request):
        """{values, strict} -> {}: values that `parameters` has given, or what was made of them."""
        from taskgraph.parameters import Parameters

        self.tree.surroundings.use(request)
        # the values are complete, whether or not others would be allowed to lack some
        parameters = Parameters(strict=True, **request["values"])
        parameters.strict = bool(request.get("strict", True))
        self._begin(parameters)
        return b"{}"

    def decision_parameters(self, request):
        """{name: "module:function", values} -> {values}: what a function that the graph config names makes of them."""
        from taskgraph.util.python_path import find_object

        values = dict(request["values"])
        find_object(request["name"])(self.tree.graph_config, values)
        return encoding.object_of([("values", encoding.dumps(values))])

    def verify_early(self, request):
        """{phase, target_kinds} -> {ran}: verifications of the tree before there are tasks."""
        if request.get("phase") not in ("initial", "graph_config"):
            self.need_parameters()
        return self.graphs.verify_early(request)

    def kind(self, request):
        """{name, upstream, loaded, new, write_artifacts} -> {tasks}: makes the tasks of a kind. With `fork` it
        is made elsewhere, and does not come by here."""
        return self.kinds.make_here(request)

    def finish_kinds(self, request):
        """{} -> {changed, patched, schemas}: what kinds have left behind."""
        self.optimization.lookups.uninstall()
        patched, grown = self.tree.snapshot.differences()
        return encoding.object_of(
            [
                ("changed", encoding.array_of(self.tasks.changed())),
                ("patched", encoding.dumps(patched)),
                ("schemas", encoding.dumps(grown)),
            ]
        )

    def graph(self, request):
        """{name, tasks, …} -> {}: what the program has decided about the graph of a phase."""
        return self.graphs.define(request)

    def graph_json(self, request):
        """{name} -> {tasks}: a graph as the reference writes it."""
        return self.graphs.json(request.get("name"))

    def verify(self, request):
        """{phase} -> {ran, changed}: verifications of the tree over the graph of a phase."""
        return self.graphs.verify(request)

    def target(self, request):
        """{filters} -> {labels, changed}: the labels that the filters leave."""
        return self.graphs.target(request)

    def morph(self, request):
        """{tasks, label_to_taskid}, both may be left out -> {tasks, order, label_to_taskid, ran}"""
        return self.graphs.morph(request)

    def optimize(self, request):
        """{requested, do_not_optimize, existing_tasks, decision_task_id, override, index, status} -> {tasks, label_to_taskid,
        reasons}: the optimize phase over the graph "target"."""
        self.need_parameters()
        return self.optimization.run(request)

    def index_paths(self, request):
        """{do_not_optimize, override} -> {paths}: what the strategies of the graph "target" would look up."""
        return self.optimization.index_paths(request)

    def actions(self, request):
        """{task_id} -> what the reference writes into actions.json."""
        from taskgraph.actions.registry import render_actions_json

        self.optimization.lookups.uninstall()
        return encoding.dumps(render_actions_json(self.tree.parameters, self.tree.graph_config, request.get("task_id")))

    def action(self, request):
        """{callback, task_group_id, task_id, input, parameters, root, test} -> {}: runs an action."""
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
        """{object: "module:name"} -> {file}: whether an object can be found, and in which file its module is."""
        from taskgraph.util.python_path import find_object

        find_object(request["object"])
        module = sys.modules.get(request["object"].partition(":")[0])
        return encoding.dumps({"file": getattr(module, "__file__", None)})


_NAMES = frozenset(
    """open parameters set_parameters decision_parameters verify_early kind finish_kinds graph graph_json verify target
    morph optimize index_paths actions action modules""".split()
)
_AFTER_PARAMETERS = frozenset(
    "kind finish_kinds graph graph_json verify target morph strategies remove replace index_paths actions".split()
)
