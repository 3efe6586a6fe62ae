"""Makes the tasks of a kind, with the reference's own `Kind.load` and `Kind.load_tasks`."""

import pickle
import sys

from . import encoding
from .tasks import digest, encode
from .tree import gets_upstream_tasks


class Kinds:
    def __init__(self, tree, tasks):
        self.tree = tree
        self.tasks = tasks
        #: name -> Kind. Loaded once, as in the reference: a verification may have changed its config.
        self.loaded = {}

    def get(self, name):
        if name not in self.loaded:
            from taskgraph.generator import Kind

            self.loaded[name] = Kind.load(self.tree.root, self.tree.graph_config, name)
        return self.loaded[name]

    def load_all(self, target_kinds):
        """{name: Kind} of all kinds, or of those that are wanted and what they need."""
        from taskgraph.generator import TaskGraphGenerator

        generator = TaskGraphGenerator(self.tree.root, self.tree.parameters)
        kinds = generator._load_kinds(self.tree.graph_config, sorted(target_kinds or ()))
        self.loaded = {kind.name: kind for kind in kinds}
        return self.loaded

    def prepare(self, request):
        """Prepares a kind before a fork: everything that stays. Returns the kind and the tasks that it is given."""
        self.tasks.take(request.get("new"))
        kind = self.get(request["name"])
        if gets_upstream_tasks():
            given = {label: self.tasks[label] for label in request.get("upstream") or ()}
        else:
            loaded = request.get("loaded")
            given = list(self.tasks.by_label.values()) if loaded is None else self.tasks.get(loaded)
        return kind, given

    def make(self, kind, given, request):
        """The Task objects of the kind."""
        where = self.tree.where
        where.steps_of = lambda: steps_of(kind)
        return kind.load_tasks(self.tree.parameters, given, bool(request.get("write_artifacts")))

    def make_here(self, request):
        """The JSON of the answer to `kind`. The tasks stay in this process."""
        kind, given = self.prepare(request)
        made = [self.tasks.add(task) for task in self.make(kind, given, request)]
        return encoding.object_of([("tasks", encoding.array_of(made))])

    def make_elsewhere(self, kind, given, request):
        """The JSON of the answer, and the tasks for the parent process."""
        made = self.make(kind, given, request)
        texts = [encode(task) for task in made]
        digests = [digest(text) for text in texts]
        answer = encoding.object_of([("tasks", encoding.array_of(texts))])
        try:
            return answer, pickle.dumps((made, digests), pickle.HIGHEST_PROTOCOL)
        except Exception as e:
            raise Exception(
                "Could not send the tasks of kind %s to the parent process: %s: %s" % (kind.name, type(e).__name__, e)
            ) from e

    def take_from_child(self, pickled):
        for task, reported in zip(*pickle.loads(pickled)):
            self.tasks.add_known(task, reported)


def steps_of(kind):
    """The loader and the transforms of a kind, flat, as far as they are imported. For the description of an error."""
    steps = []
    for path in [kind.config.get("loader", "taskgraph.loader.default:loader")] + list(
        kind.config.get("transforms") or ()
    ):
        if isinstance(path, str):
            _collect(_imported(path), steps)
    return steps


def _imported(path):
    module, _, names = path.partition(":")
    found = sys.modules.get(module)
    for name in (names or "transforms").split("."):
        found = getattr(found, name, None)
    return found


def _collect(step, steps, depth=0):
    inner = getattr(step, "_transforms", None)
    if isinstance(inner, list) and depth < 10:
        for each in inner:
            _collect(each, steps, depth + 1)
    elif callable(step):
        steps.append(step)
