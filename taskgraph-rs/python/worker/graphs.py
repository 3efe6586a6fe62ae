"""The graphs of the phases, and what the tree runs over them: verifications, filters, morphs.

The full, target-set and target graphs are keyed by label, the optimized and morphed ones by taskId. All share the Task
objects that the worker has.
"""

from . import encoding
from .errors import UnknownLabels
from .tree import Protocol, writes_dependencies_of_tasks

#: phase of a verification -> graph that it is given
GRAPH_OF_PHASE = {
    "full_task_set": "full_set",
    "full_task_graph": "full",
    "target_task_set": "target_set",
    "target_task_graph": "target",
    "optimized_task_graph": "optimized",
    "morphed_task_graph": "morphed",
}


class Graphs:
    def __init__(self, tree, tasks, kinds):
        self.tree = tree
        self.tasks = tasks
        self.kinds = kinds
        self.by_name = {}
        self.label_to_taskid = {}

    def __getitem__(self, name):
        if name not in self.by_name:
            raise Protocol("there is no graph %r yet" % (name,))
        return self.by_name[name]

    def define(self, request):
        """The method `graph`."""
        name, given = request.get("name"), request.get("tasks")
        if name == "full":
            self._define_full(given)
        elif name == "target_set":
            self.by_name[name] = _without_edges(self._taken(given))
        elif name == "target":
            chosen = self._taken(given)
            if "full" in self.by_name:
                edges = {edge for edge in self["full"].graph.edges if edge[0] in chosen}
            else:  # picked without Python
                edges = _edges(chosen)
            self.by_name[name] = _task_graph(chosen, edges)
        elif name in ("optimized", "morphed") and isinstance(given, dict):
            self.by_name[name] = self._by_taskid(given)
            self.label_to_taskid = dict(request.get("label_to_taskid") or {})
        elif name == "optimized":
            self._optimize(request)
        else:
            raise Protocol("no graph is called %r" % (name,))
        return b"{}"

    def _taken(self, given):
        """The tasks of a request, which has those as labels that are here already."""
        labels = []
        for each in given:
            labels += [each] if isinstance(each, str) else self.tasks.take([each])
        return {label: self.tasks[label] for label in labels}

    def _define_full(self, given):
        tasks = self._taken(given)
        edges = _edges(tasks)
        for label, dep, _ in edges:
            if dep not in tasks:
                raise Exception("Task '%s' lists a dependency that does not exist: '%s'" % (label, dep))
        self.by_name = {"full_set": _without_edges(tasks), "full": _task_graph(tasks, edges)}

    def _optimize(self, request):
        """Resolves what refers to tasks in the definitions, in place, as the last part of the reference's optimization
        does: with its own function, which needs only what was decided."""
        from taskgraph.optimize import base

        self.label_to_taskid = dict(request["label_to_taskid"])
        self.by_name["optimized"] = base.get_subgraph(
            self["target"],
            set(request["removed"]),
            set(request["replaced"]),
            self.label_to_taskid,
            request["decision_task_id"],
        )

    def _by_taskid(self, given):
        from taskgraph.task import Task

        tasks, edges = {}, set()
        for task_id, value in given.items():
            edges.update((task_id, dep, name) for name, dep in value["dependencies"].items() if dep in given)
            task = self.tasks.by_label.get(value["label"])
            if task is None:
                task = Task.from_json(value)
                self.tasks.add(task)
            else:
                _update(task, value)
                if writes_dependencies_of_tasks():
                    task.dependencies = value["dependencies"]
            task.task_id = task_id
            tasks[task_id] = task
        return _task_graph(tasks, edges)

    def json(self, name):
        """The method `graph_json`: as the reference writes it."""
        return encoding.object_of([("tasks", self.tasks_json(name))])

    def tasks_json(self, name):
        tasks = self[name].to_json()
        return encoding.object_of((key, encoding.dumps(v, v.get("label"))) for key, v in tasks.items())

    def optimized(self, graph, label_to_taskid):
        """Takes what the optimize phase has left."""
        self.by_name["optimized"], self.label_to_taskid = graph, label_to_taskid

    def verify_early(self, request):
        """Verifications before there are tasks; those of the reference only if `all` are asked for."""
        phase = request["phase"]
        given = ()
        if phase == "graph_config":
            given = (self.tree.graph_config,)
        elif phase == "parameters":
            given = (self.tree.parameters,)
        elif phase == "kinds":
            given = (self.kinds.load_all(request.get("target_kinds")),)
        elif phase != "initial":
            raise Protocol("no early phase is called %r" % (phase,))
        verifications = self._verifications(phase, request)
        for verification in verifications:
            verification.verify(*given)
        return encoding.dumps({"ran": len(verifications)})

    def verify(self, request):
        phase = request["phase"]
        if phase not in GRAPH_OF_PHASE:
            raise Protocol("no phase is called %r" % (phase,))
        verifications = self._verifications(phase, request)
        for verification in verifications:
            verification.verify(self[GRAPH_OF_PHASE[phase]], self.tree.graph_config, self.tree.parameters)
        return self._changed([("ran", encoding.dumps(len(verifications)))])

    def _verifications(self, phase, request):
        registries = self.tree.registries
        return registries.all_verifications().get(phase, ()) if request.get("all") else registries.verifications(phase)

    def target(self, request):
        """The labels that the filters leave: each gets what the one before it left, as a graph without edges."""
        from taskgraph import filter_tasks

        full = self["full"].tasks
        names = list(request.get("filters") or ()) or ["target_tasks_method"]
        filters = [(name, filter_tasks.filter_task_functions[name]) for name in names]
        graph, left = _without_edges(dict(full)), set(full)
        for name, each in filters:
            left = set(each(graph, self.tree.parameters, self.tree.graph_config))
            if not left <= set(full):
                raise UnknownLabels(*self._filter(name, each), left - set(full))
            graph = _without_edges({label: full[label] for label in left})
        labels = encoding.dumps([label for label in full if label in left])
        return self._changed([("labels", labels)])

    def _filter(self, name, function):
        """Returns the name of a filter, and the function of the tree behind it."""
        if name != "target_tasks_method":
            return "the filter `%s`" % name, function
        from taskgraph.target_tasks import get_method

        method = self.tree.parameters["target_tasks_method"]
        return "the target method `%s`" % method, get_method(method)

    def morph(self, request):
        """Runs the morphs that are not the reference's own, or all."""
        if request.get("tasks") is not None:
            self.define({"name": "optimized", **{k: request[k] for k in ("tasks", "label_to_taskid")}})
        graph, label_to_taskid = self["optimized"], self.label_to_taskid
        morphs = self.tree.registries.morphs(bool(request.get("all")))
        for morph in morphs:
            graph, label_to_taskid = morph(graph, label_to_taskid, self.tree.parameters, self.tree.graph_config)
        self.by_name["morphed"], self.label_to_taskid = graph, label_to_taskid
        return encoding.object_of(
            [
                ("tasks", self.tasks_json("morphed")),
                ("order", encoding.dumps(list(graph.tasks))),
                ("label_to_taskid", encoding.dumps(label_to_taskid)),
                ("ran", encoding.dumps(len(morphs))),
            ]
        )

    def _changed(self, members):
        return encoding.object_of(members + [("changed", encoding.array_of(self.tasks.changed()))])


def _task_graph(tasks, edges):
    from taskgraph.graph import Graph
    from taskgraph.taskgraph import TaskGraph

    return TaskGraph(tasks, Graph(frozenset(tasks), frozenset(edges)))


def _edges(tasks):
    return {(label, dep, name) for label, task in tasks.items() for name, dep in task.dependencies.items()}


def _without_edges(tasks):
    return _task_graph(tasks, ())


def _update(task, value):
    """Makes an object that Python code may hold equal to what the program has made of it. Its `dependencies` name
    labels, while those of the program are edges between taskIds: they stay."""
    for attribute in ("description", "attributes", "optimization", "task", "soft_dependencies", "if_dependencies"):
        if attribute not in value:
            continue
        if encoding.dumps(getattr(task, attribute), task.label) != encoding.dumps(value[attribute]):
            setattr(task, attribute, value[attribute])
