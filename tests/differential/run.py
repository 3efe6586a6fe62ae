#!/usr/bin/env python3
"""Runs trees that nobody wrote through the reference and through taskgraph-rs. Both have to make the same graph, or both
have to refuse.

    tests/differential/run.py                     2000 trees
    tests/differential/run.py --first 17 --count 1 --keep DIR    one of them, kept in a folder

The reference comes from PyPI into a virtual environment below target/; it is imported once. A number makes the same
tree every time.
"""

import argparse
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benches"))
import compare  # noqa: E402
import trees  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, default=0, help="the number of the first tree")
    parser.add_argument("--count", type=int, default=2000, help="how many trees (default: 2000)")
    parser.add_argument("--binary", type=Path, help="taskgraph-rs (default: built in release mode)")
    parser.add_argument("--python", type=Path, help="a Python that has the reference (default: a new environment)")
    parser.add_argument("--keep", type=Path, help="keep the last tree there")
    parser.add_argument("--why", action="store_true", help="tell why both refuse")
    args = parser.parse_args()
    python = compare.python_with_reference(args.python)
    if Path(sys.prefix).resolve() != python.parent.parent.resolve():
        os.execv(python, [str(python), *sys.argv, "--python", str(python)])
    binary = (args.binary or compare.build()).absolute()
    with tempfile.TemporaryDirectory(prefix="taskgraph-differential-") as folder:
        top = Path(folder) / "tree"
        for path, text in trees.FILES.items():
            (top / path).parent.mkdir(parents=True, exist_ok=True)
            (top / path).write_text(text)
        compare.repository(top)
        # The reference looks for the current directory and for Taskcluster as a person's shell has them.
        os.chdir(top)
        os.environ["TASKCLUSTER_ROOT_URL"] = compare.ROOT_URL
        reference = Reference()
        counts = {"equal": 0, "refused": 0, "tasks": 0}
        different = []
        for number in range(args.first, args.first + args.count):
            write(top, *trees.Maker(number).tree())
            theirs, ours = reference.graph(top), graph(binary, compare.package(python) / "run-task", top)
            match (theirs, ours):
                case (dict(), dict()) if theirs == ours:
                    counts["equal"] += 1
                    counts["tasks"] += len(ours["full"])
                case (str(), str()):
                    counts["refused"] += 1
                    if args.why:
                        print(f"tree {number}: {theirs[:200]!r}\n    {ours[:300]!r}", flush=True)
                case _:
                    different.append(number)
                    print(f"tree {number} differs: {difference(theirs, ours)}", flush=True)
        if args.keep:
            shutil.copytree(top, args.keep, dirs_exist_ok=True)
    print(
        f"{args.count} trees: {counts['equal']} equal graphs of {counts['tasks']} tasks, "
        f"{counts['refused']} refused by both, {len(different)} differ"
    )
    sys.exit(1 if different else 0)


def write(top, files, parameters):
    shutil.rmtree(top / "taskcluster" / "kinds", ignore_errors=True)
    for path, value in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(dump(value))
    (top / "parameters.yml").write_text(dump(parameters))


def dump(value):
    import yaml

    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data):
            return True

    return yaml.dump(value, Dumper=Plain, allow_unicode=True, sort_keys=False)


class Reference:
    """The reference, imported once. What it remembers from one tree must not reach the next."""

    def __init__(self):
        logging.disable(logging.CRITICAL)
        import taskgraph.generator
        import taskgraph.main  # noqa: F401
        import taskgraph.parameters

        self.generator = taskgraph.generator.TaskGraphGenerator
        self.load = taskgraph.parameters.parameters_loader
        signal.signal(signal.SIGALRM, self.alarm)

    @staticmethod
    def alarm(*_):
        raise TimeoutError("the reference hangs")

    def forget(self):
        for name, module in list(sys.modules.items()):
            if name.startswith("taskgraph"):
                for thing in list(vars(module).values()):
                    if callable(getattr(thing, "cache_clear", None)):
                        thing.cache_clear()

    def graph(self, top):
        self.forget()
        signal.alarm(30)
        try:
            parameters = self.load(str(top / "parameters.yml"), strict=False)
            made = self.generator(root_dir="taskcluster", parameters=parameters)
            graph = made.full_task_graph.to_json()
            targets = sorted(made.target_task_set.graph.nodes)
            import orjson

            return {"full": json.loads(orjson.dumps(graph)), "target": targets}
        except (Exception, SystemExit) as error:
            return f"{type(error).__name__}: {error}"
        finally:
            signal.alarm(0)


def graph(binary, run_task, top):
    flags = ["-q", "-p", "parameters.yml", "--run-task-dir", str(run_task)]
    env = compare.environment()
    full = subprocess.run([str(binary), "full", "-J", *flags], cwd=top, env=env, capture_output=True, timeout=60)
    if full.returncode == 2:
        return full.stderr.decode()
    if full.returncode:
        return {"failed": full.returncode, "message": full.stderr.decode()}
    target = subprocess.run([str(binary), "target", *flags], cwd=top, env=env, capture_output=True, timeout=60)
    if target.returncode == 2:
        return target.stderr.decode()
    return {"full": json.loads(full.stdout), "target": target.stdout.decode().splitlines()}


def difference(theirs, ours):
    if isinstance(theirs, str):
        return f"only the reference refuses: {theirs[:300]}"
    if isinstance(ours, str):
        return f"only taskgraph-rs refuses: {ours[:600]}"
    return first(theirs, ours)


def first(one, other, path=""):
    """The first place at which two values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            if one.get(key) != other.get(key) or (key in one) != (key in other):
                return first(one.get(key), other.get(key), f"{path}/{key}")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other)):
            if pair[0] != pair[1]:
                return first(*pair, f"{path}[{index}]")
    return f"{path}\n    reference    {one!r}"[:600] + f"\n    taskgraph-rs {other!r}"[:600]


if __name__ == "__main__":
    main()
