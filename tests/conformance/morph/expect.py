#!/usr/bin/env python3
"""Writes graph.json, which mod.rs beside it morphs, and expected.json, what Taskgraph 15.1.3 makes of it."""

import json
import os

os.environ["TASKCLUSTER_ROOT_URL"] = "https://tc.example.org"

import yaml
from taskgraph import morph
from taskgraph.config import GraphConfig
from taskgraph.optimize import base
from taskgraph.taskgraph import TaskGraph

here = os.path.dirname(os.path.abspath(__file__))
PARAMETERS = {
    "level": "3", "owner": "me@example.org", "head_repository": "https://github.com/o/r", "head_rev": "abc",
    "code-review": {"phabricator-build-target": "PHID-1"},
}


def task(label, routes, attributes=None, rank=None, dependencies=None):
    definition = {
        "deadline": {"relative-datestamp": "3 days"},
        "metadata": {"name": label, "description": f"does {label}", "owner": "me@example.org", "source": "https://s"},
        "routes": routes,
    }
    if rank is not None:
        definition["extra"] = {"index": {"rank": rank}}
    return {
        "kind": "k", "label": label, "description": "", "attributes": {"kind": "k", **(attributes or {})},
        "task": definition, "optimization": None, "dependencies": dependencies or {}, "soft_dependencies": [],
        "if_dependencies": [],
    }


paths = [f"my.domain-x.v2.project-{i % 3}.é.{i}" for i in range(50)]
paths += [f"myXdomain-x.v2.p.{i}" for i in range(5)] + [f"other.v3.{i}" for i in range(7)] + ["my.a.deep.b", "my.lone"]
many = ["tc-treeherder.v2.r.abc"] + ["index." + path for path in paths] + ["notify.email.x.on-failed"]
tasks = {
    "many": task("many", many, {"code-review": True}, rank=17),
    "just": task("just", [f"index.a.{i}" for i in range(64)], {"code-review": False}),
    "again": task("again", [f"index.a.{i}" for i in range(65)], dependencies={"on": "many"}),
    "lint": task("lint", [], {"code-review": True}),
}
with open(os.path.join(here, "graph.json"), "w") as out:
    json.dump(tasks, out, indent=1, ensure_ascii=False)
    out.write("\n")
with open(os.path.join(here, "config.yml")) as text:
    config = GraphConfig(yaml.safe_load(text), here)

count = iter(range(1000))
base.slugid = morph.slugid = lambda: f"new-task-{next(count):013}"
_, graph = TaskGraph.from_json(tasks)
graph, ids = base.optimize_task_graph(graph, set(tasks), {}, set(tasks), "decision-task-00000000")
# The reference takes them in the order of a set; here they come in the order of the file.
graph = TaskGraph({ids[label]: graph.tasks[ids[label]] for label in tasks}, graph.graph)
graph, ids = morph.morph(graph, ids, PARAMETERS, config)
with open(os.path.join(here, "expected.json"), "w") as out:
    expected = {"parameters": PARAMETERS, "graph": graph.to_json(), "label_to_taskid": ids}
    json.dump(expected, out, indent=1, sort_keys=True, ensure_ascii=False)
    out.write("\n")
