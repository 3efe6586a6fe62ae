"""Small trees, made in temporary folders, and test cases that open them."""

import json
import os
import shutil
import subprocess
import tempfile
import textwrap
import unittest

from . import client

VERSION = client.version()

CONFIG = """
trust-domain: example
task-priority: low
taskgraph:
  register: example_taskgraph:register
  repositories: {example: {name: example}}
workers:
  aliases:
    ci: {provisioner: "example-{level}", implementation: docker-worker, os: linux, worker-type: ci}
"""

#: Makes tasks without the transforms of Taskgraph, whose schemas are not the same in all versions
PLAIN = """
from taskgraph.transforms.base import TransformSequence

transforms = TransformSequence()


@transforms.add
def plain(config, tasks):
    for task in tasks:
        yield {
            "label": config.kind + "-" + task.pop("name"),
            "description": task.pop("description", ""),
            "attributes": task.pop("attributes", {}),
            "dependencies": task.pop("dependencies", {}),
            "optimization": task.pop("optimization", None),
            "soft-dependencies": [],
            "if-dependencies": [],
            "task": {
                "provisionerId": "example",
                "workerType": "ci",
                "deadline": {"relative-datestamp": "1 day"},
                "metadata": {"name": "x", "description": "x", "owner": "x@example.com", "source": "x"},
                "payload": {"env": task.pop("env", {})},
            },
        }
"""

PARAMETERS = {
    "base_repository": "https://example.com/r",
    "base_ref": "main",
    "base_rev": "a" * 40,
    "build_date": 1735787045,
    "build_number": 1,
    "do_not_optimize": [],
    "enable_always_target": True,
    "existing_tasks": {},
    "files_changed": ["a.txt"],
    "filters": ["target_tasks_method"],
    "head_ref": "main",
    "head_repository": "https://example.com/r",
    "head_rev": "b" * 40,
    "head_tag": "",
    "level": "1",
    "moz_build_date": "20250102030405",
    "next_version": None,
    "optimize_strategies": None,
    "optimize_target_tasks": True,
    "owner": "dev@example.com",
    "project": "example",
    "pushdate": 1735787045,
    "pushlog_id": "0",
    "repository_type": "git",
    "target_tasks_method": "default",
    "tasks_for": "github-push",
    "version": None,
}


def _dedent(text):
    return textwrap.dedent(text).lstrip("\n")


class TreeCase(unittest.TestCase):
    """A test with a tree, and as many workers as it opens."""

    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="worker-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.write("taskcluster/config.yml", CONFIG)
        self.module("__init__", "def register(graph_config):\n    pass\n")
        self.module("plain", PLAIN)

    def write(self, path, text):
        path = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(_dedent(text))

    def module(self, name, text):
        self.write("taskcluster/example_taskgraph/%s.py" % name, text)

    def register(self, body):
        """The function that the config names."""
        self.module("__init__", "def register(graph_config):\n" + textwrap.indent(_dedent(body), "    "))

    def kind(self, name, tasks=("one",), transforms=(), depends=(), loader="taskgraph.loader.transform:loader"):
        steps = ["example_taskgraph." + t for t in transforms] + ["example_taskgraph.plain"]
        lines = ["loader: %s" % loader, "kind-dependencies: [%s]" % ", ".join(depends), "transforms:"]
        lines += ["  - %s" % step for step in steps]
        lines += ["tasks: {%s}" % ", ".join("%s: {}" % t for t in tasks)]
        self.write("taskcluster/kinds/%s/kind.yml" % name, "\n".join(lines) + "\n")

    def steps(self, name, body):
        """A module with one transform, the body of a function of `config` and `tasks`."""
        text = "from taskgraph.transforms.base import TransformSequence\n\ntransforms = TransformSequence()\n\n\n"
        text += "@transforms.add\ndef %s(config, tasks):\n%s" % (name, textwrap.indent(_dedent(body), "    "))
        self.module(name, text)

    def worker(self, environment=None):
        worker = client.Client(self.folder, environment)

        def end():
            if worker.process.poll() is None:
                worker.process.kill()
            worker.process.wait()
            for stream in (worker.process.stdin, worker.process.stdout, worker.log_file):
                try:
                    stream.close()
                except OSError:
                    pass

        self.addCleanup(end)
        return worker

    def opened(self, environment=None, parameters=None, **members):
        """A worker that is ready for kinds."""
        worker = self.worker(environment)
        worker.opened = worker.call("open", root="taskcluster", **members)
        values = dict(PARAMETERS, **(parameters or {}))
        worker.values = worker.call("parameters", values=values, strict=False, repo_root=self.folder)["values"]
        return worker

    def make(self, worker, name, upstream=(), fork=False, loaded=None, new=()):
        return worker.start(
            "kind", name=name, upstream=list(upstream), loaded=loaded, new=list(new), write_artifacts=False, fork=fork
        )

    def made(self, worker, name, *args, **kwargs):
        """{label: task}"""
        answer = worker.wait(self.make(worker, name, *args, **kwargs))
        return {task["label"]: task for task in answer["tasks"]}

    def not_made(self, worker, name, *args, **kwargs):
        """The error of a kind that cannot be made."""
        identity = self.make(worker, name, *args, **kwargs)
        try:
            answer = worker.wait(identity)
        except client.Refused as e:
            return e.answer
        raise AssertionError("kind %s was made: %r" % (name, answer))

    def reference(self, command, environment=None):
        """Returns the output of the installed Taskgraph for the tree."""
        path = os.path.join(self.folder, "parameters.json")
        code = "import sys; from taskgraph.main import main; sys.exit(main(sys.argv[1:]))"
        with open(path, "w") as f:
            json.dump(PARAMETERS, f)
        env = dict(os.environ, TASKCLUSTER_ROOT_URL="https://tc.example.com", PYTHONHASHSEED="1", **(environment or {}))
        run = subprocess.run(
            [client.PYTHON, "-c", code, *command, "-p", path],
            cwd=self.folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        if run.returncode:
            raise AssertionError(run.stderr.decode())
        return run.stdout.decode()
