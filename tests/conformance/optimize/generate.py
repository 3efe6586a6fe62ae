#!/usr/bin/env python3
"""Makes random target graphs and has Taskgraph 15.1.3 optimize them: one JSON object a line, for mod.rs beside it.

    generate.py FIRST_SEED COUNT > cases.jsonl

Run it with a Python that has taskcluster-taskgraph==15.1.3. What the reference takes from the network, the clock, and
the order of sets is put in: answers out of the case, a fixed point in time, sorted links, ids that count up.
"""

import copy
import datetime
import json
import os
import random
import sys
import types
from collections import defaultdict

os.environ["TASKCLUSTER_ROOT_URL"] = "https://tc.example.org"

from taskgraph.graph import Graph
from taskgraph.optimize import base, strategies
from taskgraph.task import Task
from taskgraph.taskgraph import TaskGraph

NOW = datetime.datetime(2026, 3, 1, 12, 0, 0, 250000, tzinfo=datetime.timezone.utc)
DECISION = "decision-task-00000000"


class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


base.datetime = types.SimpleNamespace(datetime=Clock, timezone=datetime.timezone)


def links(edges, swap):
    found = defaultdict(list)
    for left, right, _ in sorted(edges):
        one, other = (right, left) if swap else (left, right)
        if other not in found[one]:
            found[one].append(other)
    return found


Graph.links_dict = lambda self: links(self.edges, False)
Graph.reverse_links_dict = lambda self: links(self.edges, True)


def parts(argument, _):
    return [argument["index-search"], argument["skip-unless-changed"]]


for name, strategy in [
    ("either", base.Any("index-search", "skip-unless-changed", split_args=parts)),
    ("both", base.All("index-search", "skip-unless-changed", split_args=parts)),
    ("always-or-index", base.Any("always", "index-search")),
    ("index-twice", base.All("index-search", "index-search")),
    ("not-index", base.Not("index-search")),
    ("not-skip", base.Not("skip-unless-changed")),
    ("same-as-index", base.Alias("index-search")),
]:
    base.registry[name] = strategy


def stamp(when):
    return when.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def make(seed):
    """A case without its answer."""
    dice = random.Random(seed)
    chance = lambda p: dice.random() < p
    count = dice.choice([1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16])
    labels = dice.sample([f"{c}{d}" for c in "abcdefgh" for d in "012345"], count)
    with_if, with_soft, strict = chance(0.6), chance(0.4), chance(0.15)
    density = dice.choice([0.1, 0.25, 0.5])
    paths = [f"index.{i}" for i in range(dice.randint(1, 8))]
    files = [f"{d}/{f}.py" for d in ("a", "b") for f in ("x", "y")]
    some = lambda items, most: dice.sample(items, min(len(items), dice.randint(0, most)))
    patterns = lambda: some(["a/**", "b/x.py", "c/**", "**/y.py", "*.md"], 2)

    def optimization():
        index, skip = some(paths, 3), patterns()
        both = {"index-search": index, "skip-unless-changed": skip}
        common = [None, {"index-search": index}, {"skip-unless-changed": skip}, {"always": None}, {"never": None}]
        rare = [
            {"either": both}, {"both": both}, {"always-or-index": index}, {"index-twice": index},
            {"same-as-index": index}, {"not-skip": skip},
        ]
        if strict:
            rare.append({"not-index": index})
        return dice.choice(common if chance(0.75) else rare)

    tasks = {}
    for position, label in enumerate(labels):
        below = labels[:position]
        dependencies = {}
        for other in below:
            if chance(density):
                dependencies[f"on-{other}"] = other
                if chance(0.05):
                    dependencies[f"again-{other}"] = other
        of = [name for name in dependencies]
        soft = some(below, 2) if with_soft else []
        if_dependencies = []
        if with_if and dependencies and chance(0.5):
            # One that is no dependency is allowed, and means nothing.
            if_dependencies = some(sorted(set(dependencies.values())) + ([dice.choice(labels)] if chance(0.1) else []), 3)
        definition = {"deadline": {"relative-datestamp": f"{dice.randint(1, 4)} days"}}
        if chance(0.1):
            definition["deadline"] = stamp(NOW + datetime.timedelta(days=2))
        if chance(0.3):
            definition["dependencies"] = [DECISION]
        if of and chance(0.5):
            definition["payload"] = {
                "env": {"A": {"task-reference": f"x <{dice.choice(of)}> <self> <decision> <<>y"}},
                "list": [{"artifact-reference": f"<{dice.choice(of)}/public/a.zip>"}, {"task-reference": {"<self>": 1}}],
            }
        if soft and chance(0.1):
            definition["soft"] = {"task-reference": f"<{soft[0]}>"}
        tasks[label] = {
            "kind": "k", "label": label, "description": "", "attributes": {"kind": "k"}, "task": definition,
            "optimization": optimization(), "dependencies": dependencies, "soft_dependencies": soft,
            "if_dependencies": if_dependencies,
        }
    ids = [f"found-task-{i:011}" for i in range(6)]
    index = {path: dice.choice(ids) for path in paths if chance(0.7)}
    status = {}
    for task in ids:
        if chance(0.9):
            status[task] = {
                "state": dice.choice(["completed", "completed", "running", "failed", "exception"]),
                "expires": stamp(NOW + datetime.timedelta(days=dice.choice([1, 2, 3, 9]), milliseconds=dice.choice([-1, 0, 1]))),
            }
    ends = [label for label in labels if not any(label in t["dependencies"].values() for t in tasks.values())]
    requested = sorted(set(ends) | set(some(labels, 3)))
    if chance(0.1):
        requested = some(labels, 4)
    params = {"files_changed": some(files, 2), "base_rev": dice.choice(["", "1", "2"]), "head_rev": "2"}
    return {
        "seed": seed, "tasks": tasks, "requested": requested, "params": params, "index": index, "status": status,
        "do_not_optimize": some(labels, 2) if chance(0.3) else [],
        "existing_tasks": {label: f"old-task-{i:013}" for i, label in enumerate(some(labels, 3))} if chance(0.3) else {},
    }


def answer(case):
    """Returns the result of the reference."""
    _, graph = TaskGraph.from_json(copy.deepcopy(case["tasks"]))
    given = (set(case["requested"]), case["params"], set(case["do_not_optimize"]))
    requested, params, pinned = given

    def find(path):
        return case["index"][path]

    strategies.find_task_id, strategies.status_task = find, lambda task: case["status"][task]
    base.find_task_id_batched = lambda asked: {p: case["index"][p] for p in asked if p in case["index"]}
    base.status_task_batched = lambda asked: {t: case["status"][t] for t in asked if t in case["status"]}
    count = iter(range(1000))
    base.slugid = lambda: f"new-task-{next(count):013}"
    try:
        chosen = base._get_optimizations(graph, base.registry)
        removed = base.remove_tasks(graph, requested, params, chosen, pinned)
        # The removing phase of the reference may leave edges to what it removed.
        dangling = any(l not in removed and r in removed for l, r, _ in graph.graph.edges)
        if dangling:
            return {"error": "dangling"}
        graph, ids = base.optimize_task_graph(
            graph, requested, params, pinned, DECISION, existing_tasks=dict(case["existing_tasks"])
        )
    except Exception as error:
        return {"error": str(error)}
    return {"graph": graph.to_json(), "label_to_taskid": ids, "removed": sorted(removed)}


for seed in range(int(sys.argv[1]), int(sys.argv[1]) + int(sys.argv[2])):
    case = make(seed)
    case["expected"] = answer(case)
    json.dump(case, sys.stdout, separators=(",", ":"))
    print()
