#!/usr/bin/env python3
"""The kinds that ship beside the pipeline they stand for: what differs between the graphs of both.

    tests/embedded/compare.py CHECKOUT CONFIG...
    tests/embedded/compare.py CHECKOUT --quiet tests/embedded/configs/*.yml docs/examples/*.yml

CHECKOUT is a work tree of firefox-translations-training at a commit of December 2024 (docs/trees.md names it); it has to be a
git repository. Each training config makes the graph of its target stage twice: over `taskcluster` of the checkout, with the
native transforms, and over the kinds of this project. Compared are, by label, the tasks, their kinds, the labels they depend
on, their stages, their worker pools, and the longest time they may take. Commands and digests are not: they differ on purpose.

Exit status 1 if anything differs."""

import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
PARAMETERS = {
    "base_ref": "main",
    "base_repository": "https://github.com/mozilla/translations",
    "base_rev": "0" * 40,
    "build_date": 1735689600,
    "build_number": 1,
    "do_not_optimize": [],
    "enable_always_target": True,
    "existing_tasks": {},
    "files_changed": [],
    "filters": ["target_tasks_method"],
    "head_ref": "main",
    "head_repository": "https://github.com/mozilla/translations",
    "head_rev": "0" * 40,
    "head_tag": "",
    "level": "1",
    "moz_build_date": "20250101000000",
    "next_version": None,
    "optimize_strategies": None,
    "optimize_target_tasks": True,
    "owner": "nobody@example.org",
    "project": "translations",
    "pushdate": 0,
    "pushlog_id": "0",
    "repository_type": "git",
    "target_tasks_method": "train-target-tasks",
    "tasks_for": "action",
    "version": None,
}


def graph(program, root, config):
    """The target task graph of a training config over a tree, label -> task; None if it is refused."""
    with open(config) as file:
        training = file.read()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "parameters.yml")
        with open(path, "w") as file:
            for name, value in PARAMETERS.items():
                file.write(f"{name}: {json.dumps(value)}\n")
            file.write("training_config:\n")
            file.writelines("    " + line for line in training.splitlines(True) if line.strip() != "---")
        environment = {**os.environ, "TASKCLUSTER_ROOT_URL": "https://firefox-ci-tc.services.mozilla.com"}
        made = subprocess.run(
            [program, "target-graph", "-J", "-q", "--native", "always", "--root", root, "-p", path],
            capture_output=True, text=True, cwd=os.path.dirname(root), env=environment, check=False,
        )
    if made.returncode:
        sys.stderr.write(made.stderr)
        return None
    return json.loads(made.stdout)


def view(tasks, label):
    """Returns the parts of a task that have to be equal."""
    task = tasks[label]
    definition = task["task"]
    return {
        "kind": task["kind"],
        "depends on": sorted(set(task["dependencies"].values())),
        "stage": task["attributes"].get("stage"),
        "pool": definition.get("taskQueueId") or f"{definition['provisionerId']}/{definition['workerType']}",
        "max-run-time": definition["payload"].get("maxRunTime"),
    }


def change(one, other):
    """Returns the change of a value, in one line."""
    if not isinstance(one, list):
        return f"{one} -> {other}"
    return " ".join([f"-{name}" for name in one if name not in other] + [f"+{name}" for name in other if name not in one])


def differences(theirs, ours):
    """Lines that say what differs, and the number of tasks that do."""
    lines, count = [], 0
    kinds = {name: collections.Counter(task["kind"] for task in tasks.values()) for name, tasks in (("theirs", theirs), ("ours", ours))}
    for kind in sorted(set(kinds["theirs"]) | set(kinds["ours"])):
        if kinds["theirs"][kind] != kinds["ours"][kind]:
            lines.append(f"    kind {kind}: {kinds['theirs'][kind]} in the checkout, {kinds['ours'][kind]} here")
    for label in sorted(set(theirs) ^ set(ours)):
        lines.append(f"    {'-' if label in theirs else '+'} {label}")
        count += 1
    alike = collections.OrderedDict()
    for label in sorted(set(theirs) & set(ours)):
        one, other = view(theirs, label), view(ours, label)
        count += one != other
        for key in one:
            if one[key] != other[key]:
                alike.setdefault((theirs[label]["kind"], key, change(one[key], other[key])), []).append(label)
    for (kind, key, changed), labels in alike.items():
        more = f" and {len(labels) - 1} more of {kind}" if len(labels) > 1 else ""
        lines.append(f"    ~ {labels[0]}{more}: {key} {changed}")
    return lines, count


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", metavar="CHECKOUT")
    parser.add_argument("configs", metavar="CONFIG", nargs="+")
    parser.add_argument("--bin", default=os.path.join(PROJECT, "target/debug/taskgraph-rs"), help="the program")
    parser.add_argument("--quiet", action="store_true", help="only one line a config")
    parser.add_argument("--counts", action="store_true", help="print the tasks of each kind, as tests/embedded/counts.yml keeps them")
    options = parser.parse_args()
    failed = False
    for config in options.configs:
        theirs = graph(options.bin, os.path.join(os.path.realpath(options.checkout), "taskcluster"), config)
        ours = graph(options.bin, PROJECT, config)
        if theirs is None or ours is None:
            print(f"{config}: refused by {'both' if theirs is ours else 'the checkout' if theirs is None else 'this project'}")
            failed |= theirs is not ours
            continue
        lines, count = differences(theirs, ours)
        failed |= bool(lines)
        print(f"{config}: {len(theirs)} tasks in the checkout, {len(ours)} here; {count} differ")
        if lines and not options.quiet:
            print("\n".join(lines))
        if options.counts:
            counts = sorted(collections.Counter(task["kind"] for task in theirs.values()).items())
            print(f"{config}: {{{', '.join(f'{kind}: {number}' for kind, number in counts)}}}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
