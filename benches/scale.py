#!/usr/bin/env python3
"""Prints time and memory a task, from a hundred tasks to two hundred thousand.

    benches/scale.py --tree DIR                     a tree of the translations pipeline: a folder with taskcluster/
    benches/scale.py --tree DIR --reference PYTHON  beside the reference, by turns, as long as it needs ten minutes at most
    benches/scale.py                                a made-up tree that needs core transforms alone

For the pipeline, a training config is made for each size: more datasets, more test sets, more chunks, more members of
the ensemble, in the same proportions from 10,000 tasks on. No task may have more than 9,999 dependencies, so all of
them grow. The task `all` depends on every other one; the tree's dependency_dummies part them.

A program that was not run for a second finds a colder processor, which matters to one that takes milliseconds, and not
to one that takes seconds. So in each turn, ours runs a few times in a row: the first call, and the others.

Beside it stands the floor: the time (CPU) that merely writing that graph as JSON and hashing the files of the tree takes.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import compare

TEN_MINUTES = 600

# How often ours runs again in a turn.
CALLS = 4

# What no program that makes a graph can be faster than: `orjson` writes the graph, native code hashes the files.
FLOOR = """
import hashlib, orjson, subprocess, sys, time
graph = orjson.loads(open(sys.argv[1], "rb").read())
files = subprocess.run(["git", "ls-files", "-z"], cwd=sys.argv[2], stdout=subprocess.PIPE, check=True).stdout.split(b"\\0")[:-1]
start = time.process_time()
with open(sys.argv[1] + ".floor", "wb") as out:
    out.write(orjson.dumps(graph, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
for file in files:
    with open(sys.argv[2].encode() + b"/" + file, "rb") as content:
        hashlib.sha256(content.read()).hexdigest()
print(time.process_time() - start)
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="100,1000,10000,50000,200000", help="about how many tasks")
    parser.add_argument("--rounds", type=int, default=5, help="how often each program runs at most (default: 5)")
    parser.add_argument("--binary", type=Path, help="taskgraph-rs (default: built as it is given away)")
    parser.add_argument("--tree", type=Path, help="a tree of the pipeline (default: a made-up one of core transforms)")
    parser.add_argument("--parameters", type=Path, help="parameters to start from, as JSON or YAML")
    parser.add_argument("--run-task-dir", type=Path, help="the files of run-task (default: those of the reference)")
    parser.add_argument("--reference", type=Path, help="a Python that has the reference: time it, too")
    args = parser.parse_args()
    binary = (args.binary or compare.build()).absolute()
    python = compare.python_with_reference(args.reference)
    rows = []
    with tempfile.TemporaryDirectory(prefix="taskgraph-scale-") as folder:
        folder = Path(folder)
        reference = args.reference
        for size in map(int, args.sizes.split(",")):
            top, parameters = prepare(args, folder, size, binary)
            run_task = args.run_task_dir or compare.package(python) / "run-task"
            flags = ["--run-task-dir", str(run_task.resolve())]
            ours = [str(binary), "full", "-J", "-q", "-p", str(parameters), *flags]
            theirs = [str(reference.parent / "taskgraph"), "full", "-J", "-p", str(parameters)] if reference else None
            row = measure(ours, theirs, top, folder, args.rounds, python)
            rows.append(row)
            reference = reference if row["reference"] else None
            print(f"{row['tasks']:,} tasks: {row}", file=sys.stderr)
    show(rows)


def prepare(args, folder, size, binary):
    """The tree and the parameters for about so many tasks."""
    parameters = folder / f"{size}.yml"
    if not args.tree:
        top = folder / f"tree-{size}"
        compare.make_tree(top, size)
        compare.repository(top)
        parameters.write_text(compare.PARAMETERS)
        return top, parameters
    top = folder / "tree"
    if not top.exists():
        shutil.copytree(args.tree, top, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        compare.repository(top)
    start = json.loads(parameters_as_json(args.parameters))
    counts = []
    # The number of tasks grows in a straight line with the config: two points tell how much of it is wanted.
    for scale in (10, 20):
        parameters.write_text(json.dumps(config(start, size, scale)))
        listed = subprocess.run([str(binary), "full", "-q", "-p", str(parameters)], cwd=top, check=True, stdout=subprocess.PIPE)
        counts.append(listed.stdout.count(b"\n"))
    slope = (counts[1] - counts[0]) / 10
    scale = max(1, round(10 + (size - counts[0]) / slope))
    parameters.write_text(json.dumps(config(start, size, scale)))
    return top, parameters


def parameters_as_json(path):
    """JSON is YAML; for the rest a Python with PyYAML is needed."""
    text = path.read_text()
    try:
        json.loads(text)
        return text
    except ValueError:
        import yaml

        return json.dumps(yaml.safe_load(text), default=str)


def config(start, size, scale):
    """Parameters with a training config of this scale. All counts stay below 10,000 up to 200,000 tasks."""
    parameters = json.loads(json.dumps(start))
    training = parameters["training_config"]
    training["experiment"].pop("pretrained-models", None)
    training["experiment"]["bicleaner"] = {"default-threshold": 0.5}
    training["experiment"]["teacher-ensemble"] = 16 if size >= 10_000 else 4 if size >= 1_000 else 1
    training["datasets"].update(
        {
            "train": [f"opus_made-up-{n}/v1" for n in range(max(1, scale))],
            "test": [f"sacrebleu_made-up-{n}" for n in range(max(1, scale))],
            "devtest": ["flores_dev"],
            "mono-src": [f"news-crawl_news.{n}" for n in range(max(1, scale // 10))],
            "mono-trg": [f"news-crawl_news.{n}" for n in range(max(1, scale // 10))],
        }
    )
    training["taskcluster"]["split-chunks"] = max(2, scale)
    return parameters


def measure(ours, theirs, top, folder, rounds, python):
    results = {"first": [], "ours": [], "reference": []}
    slow = False
    for number in range(rounds):
        commands = [("ours", ours), ("reference", theirs)]
        for name, command in commands if number % 2 else reversed(commands):
            if not command or (name == "reference" and slow):
                continue
            call = lambda: compare.measure(command, top, folder / f"{name}.json", timeout=TEN_MINUTES)
            try:
                measured = call()
            except subprocess.TimeoutExpired:
                theirs = None
                continue
            if name == "ours":
                results["first"].append(measured)
                results["ours"] += [call() for _ in range(CALLS)]
            else:
                results["reference"].append(measured)
            # One run of minutes tells enough.
            slow = slow or name == "reference" and results[name][-1][0] > 20
    graph = json.loads((folder / "ours.json").read_bytes())
    if results["reference"]:
        other = json.loads((folder / "reference.json").read_bytes())
        if graph != other:
            sys.exit(f"the outputs differ: {compare.first_difference(graph, other)}")
    done = subprocess.run([str(python), "-c", FLOOR, str(folder / "ours.json"), str(top)], stdout=subprocess.PIPE, check=True)
    row = {"tasks": len(graph), "bytes": (folder / "ours.json").stat().st_size, "floor": float(done.stdout)}
    row["edges"] = sum(len(task["dependencies"]) for task in graph.values())
    row["most"] = max(len(task["dependencies"]) for task in graph.values())
    for name, measured in results.items():
        row[name] = compare.middle(measured) if measured else None
    return row


def show(rows):
    print("Of the whole process: time, time of all cores (CPU), peak memory; in brackets, what one task costs. First: the")
    print("first call of a turn.\n")
    print("| tasks | edges | JSON | time | CPU | memory | first | floor | of floor | reference | CPU | memory | ratio | first | of CPU | of memory |")
    print("| ---: " * 16 + "|")
    for row in rows:
        tasks, (seconds, memory, busy) = row["tasks"], row["ours"]
        cells = [
            f"{tasks:,}",
            f"{row['edges']:,}",
            f"{row['bytes'] / 1e6:,.1f} MB",
            f"{1000 * seconds:,.0f} ms ({1e6 * seconds / tasks:.0f} µs)",
            f"{1000 * busy:,.0f} ms ({1e6 * busy / tasks:.0f} µs)",
            f"{memory / 1024:,.0f} MB ({memory / tasks:.1f} kB)",
            f"{1000 * row['first'][0]:,.0f} ms",
            f"{1000 * row['floor']:,.0f} ms",
            f"{busy / row['floor']:.1f}",
        ]
        if row["reference"]:
            slow, slow_memory, slow_busy = row["reference"]
            cells += [
                f"{slow:,.1f} s",
                f"{slow_busy:,.1f} s",
                f"{slow_memory / 1024:,.0f} MB",
                f"{slow / seconds:.0f}",
                f"{slow / row['first'][0]:.0f}",
                f"{slow_busy / busy:.0f}",
                f"{memory / slow_memory:.0%}",
            ]
        print("| " + " | ".join(cells + [""] * (16 - len(cells))) + " |")


if __name__ == "__main__":
    main()
