"""Settings of one graph that Taskgraph has as globals: the folder of written files, and the run-task that is used."""

import sys


class Surroundings:
    """Sets globals of modules of Taskgraph: at once, or as soon as the module is imported."""

    def __init__(self, snapshot):
        self.snapshot = snapshot

    def use(self, request):
        """`artifacts`, `contexts`: folders. `run_task`: {name: path} of the files that go into images and caches."""
        run_task = request.get("run_task") or {}
        files = {"run-task/%s" % name: path for name, path in run_task.items()}
        for module, attribute, value in (
            ("taskgraph.decision", "ARTIFACTS_DIR", request.get("artifacts")),
            ("taskgraph.transforms.docker_image", "CONTEXTS_DIR", request.get("contexts")),
            ("taskgraph.transforms.task", "RUN_TASK", run_task.get("run-task")),
            ("taskgraph.util.docker", "RUN_TASK_FILES", files),
        ):
            if value:
                self._set(module, attribute, value)

    def _set(self, name, attribute, value):
        module = sys.modules.get(name)
        if module is None:
            self.snapshot.after_import[name] = lambda module: self._put(module, attribute, value)
        else:
            self._put(module, attribute, value)
            self.snapshot.take_one(module, attribute)

    @staticmethod
    def _put(module, attribute, value):
        there = getattr(module, attribute, None)
        if isinstance(there, dict):
            there.update(value)
        elif there is not None:
            setattr(module, attribute, type(there)(value))
