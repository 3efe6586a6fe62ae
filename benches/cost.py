#!/usr/bin/env python3
"""Counts the instructions of a few calls on one thread, and compares them with benches/cost.json.

    benches/cost.py BINARY            fails if a count is more than 3 % away from the file, either way
    benches/cost.py BINARY --write    writes the file anew; the commit says why

Counted by `valgrind --tool=callgrind`: unlike times, counts are the same on a busy machine and on an idle one. They
depend on the compiler and its options: the binary has to be built with `--config .ci/optimized.toml`, which makes 5 to 12 %
more of them than a release, and after another compiler than the file names, counts are printed only. Callgrind has no SHA instructions: what a processor hashes in a fraction of the time
counts in full.

The trees and the parameters are those of the conformance cases (TASKGRAPH_SHARED, else ../shared). The largest tree is
counted once more with Taskgraph 24.5.1 pinned: it may cost 5 % more than under its own pin, 15.1.3.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from argparse import Namespace
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import compare
import scale

RECORDED = Path(__file__).resolve().parent / "cost.json"
SHARED = Path(os.environ.get("TASKGRAPH_SHARED", compare.PROJECT.parent / "shared")).resolve()
CONFORMANCE = SHARED / "conformance"
TOLERANCE = 0.03
PIN_TOLERANCE = 0.05
# 9,990 tasks would take a minute and more; what each further task costs shows here, too.
MADE_UP = 3000
LARGEST = "903 tasks"
LARGEST_PINNED = "903 tasks, pin 24.5.1"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--write", action="store_true", help="write the counts to benches/cost.json")
    args = parser.parse_args()
    binary = args.binary.resolve()
    with tempfile.TemporaryDirectory(prefix="taskgraph-cost-") as folder:
        calls = prepare(binary, Path(folder))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            # The longest call comes last in the list and starts first.
            running = {name: pool.submit(count, *call, folder) for name, call in reversed(calls.items())}
            counts = {name: running[name].result() for name in calls}
    if args.write:
        RECORDED.write_text(json.dumps({"compiler": compiler(), "instructions": counts}, indent=2) + "\n")
    show(counts)


def prepare(binary, folder):
    """The calls by name: command and folder to run in."""
    pretrained = compare.PROJECT / "docs" / "examples" / "pretrained-ru-en.yml"
    empty = folder / "empty"
    empty.mkdir()
    calls = {"preview of the example": ([binary, "graph", "preview", pretrained, "--offline"], empty)}
    for name, version, pin in [
        ("510 tasks", "ftt-2024-12", None),
        (LARGEST, "translations-2026-07", None),
        (LARGEST_PINNED, "translations-2026-07", "24.5.1"),
    ]:
        tree = folder / name
        shutil.copytree(CONFORMANCE / version / "tree", tree, symlinks=True)
        subprocess.run(["chmod", "-R", "u+w", str(tree)], check=True)
        if pin:
            repin(tree / "taskcluster", pin)
        compare.repository(tree)
        parameters = CONFORMANCE / version / "cases" / "large-baseline" / "parameters.yml"
        calls[name] = ([binary, "full", "-J", "-p", parameters], tree)
    made_up = Namespace(
        tree=CONFORMANCE / "ftt-2024-12" / "tree",
        parameters=CONFORMANCE / "ftt-2024-12" / "cases" / "large-baseline" / "parameters.yml",
    )
    os.environ["TASKGRAPH_RUN_TASK_DIR"] = str(CONFORMANCE / "run-task")
    (folder / "made-up").mkdir()
    tree, parameters = scale.prepare(made_up, folder / "made-up", MADE_UP, binary)
    calls[f"about {MADE_UP:,} tasks"] = ([binary, "full", "-J", "-p", parameters], tree)
    return calls


def repin(root, version):
    """Pins a version, and takes out the one key that later versions refuse."""
    (root / "requirements.txt").write_text(f"taskcluster-taskgraph=={version}\n")
    kind = root / "kinds" / "inference" / "kind.yml"
    text = kind.read_text()
    assert "    worker:\n  run:" in text
    kind.write_text(text.replace("    worker:\n  run:", "  run:"))


def count(command, top, folder):
    """The instructions of one call."""
    with tempfile.NamedTemporaryFile(dir=folder) as profile:
        counted = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile.name}", *map(str, command)]
        env = compare.environment(
            RAYON_NUM_THREADS="1", TASKGRAPH_RUN_TASK_DIR=str(CONFORMANCE / "run-task"), NO_COLOR="1"
        )
        done = subprocess.run(counted, cwd=top, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr[-3000:]}")
    return int(re.search(r"Collected : (\d+)", done.stderr)[1])


def compiler():
    return subprocess.run(["rustc", "--version"], cwd=compare.PROJECT, stdout=subprocess.PIPE, check=True, text=True).stdout.strip()


def show(counts):
    recorded = json.loads(RECORDED.read_text())
    is_comparable = recorded["compiler"] == compiler()
    if not is_comparable:
        print(f"not compared: recorded with {recorded['compiler']}, this is {compiler()}")
    moved = []
    for name, expected in recorded["instructions"].items():
        change = counts[name] / expected - 1
        print(f"{name}: {counts[name] / 1e6:.1f} million instructions, {change:+.1%}")
        if is_comparable and abs(change) > TOLERANCE:
            moved.append(f"{name} by {change:+.1%}")
    pinned = counts[LARGEST_PINNED] / counts[LARGEST] - 1
    print(f"pin 24.5.1 beside 15.1.3: {pinned:+.1%}")
    if moved:
        sys.exit(f"the cost has changed: {', '.join(moved)} (allowed: {TOLERANCE:.0%}; `--write` records a change that is meant)")
    if pinned > PIN_TOLERANCE:
        sys.exit(f"the tree under pin 24.5.1 costs {pinned:+.1%} (allowed: {PIN_TOLERANCE:.0%})")


if __name__ == "__main__":
    main()
