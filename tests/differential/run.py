#!/usr/bin/env python3
"""Runs trees that nobody wrote through the reference and through taskgraph-rs. Both have to make the same graphs, from
the full one to the one that is created, or both have to refuse.

    tests/differential/run.py                     2000 trees
    tests/differential/run.py --first 17 --count 1 --keep DIR    one of them, kept in a folder
    tests/differential/run.py --mozilla           trees of what mozilla-taskgraph has

The reference comes from PyPI into a virtual environment below target/; it is imported once. A number makes the same
tree every time. Nothing is asked of a network: what is found in the index follows from the path that is asked for.
"""

import argparse
import collections
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benches"))
import compare  # noqa: E402
import files  # noqa: E402
from reference import PHASES, Reference  # noqa: E402


def version_of(package, module):
    return importlib.metadata.version(package) if importlib.util.find_spec(module) else None


VERSION = version_of("taskcluster-taskgraph", "taskgraph")
MOZILLA = version_of("mozilla-taskgraph", "mozilla_taskgraph")

MAJOR = int((VERSION or "0").split(".")[0])
ODD_WORDS = [("é", "e"), ("ö", "o"), ("x y", "xy"), ("a.{b}", "a.b"), ("a.b c", "a.bc")]

ENVIRONMENT = {"TASKCLUSTER_ROOT_URL": compare.ROOT_URL, "TASKCLUSTER_PROXY_URL": "http://taskcluster", "TASKGRAPH_SERIAL": "1"}

# Where the reference stops in its own code, and taskgraph-rs does not: see docs/parity.md.
DELIBERATE = [
    # A toolchain without `worker.env`, or in an image that is not the tree's own.
    r"^(common_toolchain|docker_worker_add_artifacts): KeyError: 'env'$",
    r"^get_digest_data: AttributeError: 'str' object has no attribute 'get'$",
    # `volumes: null` of a task in an image that declares volumes.
    r"^build_docker_worker_payload: TypeError: argument of type 'NoneType' is not iterable$",
    # A command with a reference: at the start, or for Windows.
    r"^build_docker_worker_payload: AttributeError: 'dict' object has no attribute 'endswith'$",
    r"^generic_worker_run_task: TypeError: sequence item \d+: expected str instance, dict found$",
    r"^create_fetch_url_task: AttributeError: module 'taskgraph' has no attribute 'GECKO'$",
    # A date in the defaults of a kind.
    r"^deepcopy: NotImplementedError: copying '<class 'datetime.date(time)?'>'",
    # A selection of kinds in a tree that calls its images otherwise.
    r"^load: KindNotFound: .*docker-image",
    # What a task behind `if-dependencies` needs.
    r"depends on .* but it has been removed",
]
# Where taskgraph-rs refuses what the reference takes.
STRICTER = [
    r"^error: a key must be a string",
    # Of several strategies the first one counts, and from 19.1 on the others are not refused.
    r"^error: `optimization` must be nothing \(null\), or one strategy",
    # From 19.1 on these are not looked at.
    r"^error: `command` must be a list of commands",
    r"^error: `run-task-command\[\d+\]` must be a string",
    r"^error: `[^`]*` must be a (string|list of strings)\n(?s:.*)run-on-projects",
    r"^error: `[^`]*` must be a (string|list of strings)\n(?s:.*)matrix",
    # From 19.1 on the values of further keys of a repository are not looked at.
    r"^error: `default-(ref|repository)` must be a string\n(?s:.*)taskgraph\.repositories",
    # From 17.3 on the last of several tasks of a kind with one label is taken.
    r"^error: two tasks have the label",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, default=0, help="the number of the first tree")
    parser.add_argument("--count", type=int, default=2000, help="how many trees (default: 2000)")
    parser.add_argument("--binary", type=Path, help="taskgraph-rs (default: built in release mode)")
    parser.add_argument("--python", type=Path, help="a Python that has the reference (default: a new environment)")
    parser.add_argument("--keep", type=Path, help="keep the last tree there")
    parser.add_argument("--mozilla", action="store_true", help="trees of what mozilla-taskgraph has, which --python needs")
    parser.add_argument("--in-python", action="store_true", help="let the program make everything by Python")
    parser.add_argument("--why", action="store_true", help="tell why both refuse")
    args = parser.parse_args()
    python = compare.python_with_reference(args.python)
    if Path(sys.prefix).resolve() != python.parent.parent.resolve() or os.environ.get("PYTHONHASHSEED") != "0":
        # Newer versions of the reference make some choices by the hashes of strings.
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(python, [str(python), *sys.argv, "--python", str(python)])
    import mozilla
    import trees
    import write
    from chance import Chance

    binary = (args.binary or compare.build()).absolute()
    with tempfile.TemporaryDirectory(prefix="taskgraph-differential-") as folder:
        top = Path(folder) / "tree"
        for path, text in files.FILES.items():
            (top / path).parent.mkdir(parents=True, exist_ok=True)
            (top / path).write_text(text)
        pins = f"taskcluster-taskgraph=={VERSION}\n" + (f"mozilla-taskgraph=={MOZILLA}\n" if args.mozilla else "")
        (top / "taskcluster" / "requirements.txt").write_text(pins)
        compare.repository(top)
        # The reference looks for the current directory and for Taskcluster as a person's shell has them.
        os.chdir(top)
        os.environ |= ENVIRONMENT
        reference = Reference(MAJOR)
        more = ["--native", "never", "--python", str(python)] if args.in_python else ["--python", "never", "--native", "always"]
        ours = Ours(binary, [*more, "--run-task-dir", str(compare.package(python) / "run-task")], top)
        counts, different = collections.Counter(), []
        make = trees.Tree
        if args.mozilla:
            if MOZILLA is None:
                parser.error(f"{python} has no mozilla-taskgraph")
            release = tuple(map(int, MOZILLA.split(".")))
            # What is imported while nothing is checked cannot check later on.
            for module in mozilla.MODULES:
                importlib.import_module(f"mozilla_taskgraph.{module}")

            def make(number):
                return mozilla.Tree(number, release)

        for number in range(args.first, args.first + args.count):
            made = make(number)
            tree, parameters = made.made()
            if MAJOR >= 21 and number % 10:
                # What the index does not take is refused from this version on.
                tree = with_plain_words(tree)
            # No file of parameters has a say in this: both programs take it from the command line.
            kinds = parameters.pop("target-kinds", [])
            write.write(Chance(number), top, tree, parameters)
            unchecked = getattr(made, "unchecked", False)
            theirs = reference.phases(top, kinds, unchecked)
            verdict, said = compare_phases(theirs, ours.of(kinds, ["--fast"] if unchecked else []), reference.found)
            counts[verdict] += 1
            counts["tasks"] += len(theirs["full"]) if isinstance(theirs["full"], dict) else 0
            if verdict == "different":
                different.append(number)
            if verdict == "different" or args.why and said:
                print(f"tree {number}: {verdict}: {said}", flush=True)
        if args.keep:
            shutil.copytree(top, args.keep, dirs_exist_ok=True)
    print(
        f"{args.count} trees: {counts['equal']} of {counts['tasks']} tasks equal in all phases, {counts['part']} up to "
        f"a phase that both refuse, {counts['refused']} refused by both, {counts['deliberate']} differ on purpose, "
        f"{len(different)} differ"
    )
    sys.exit(1 if different else 0)


def compare_phases(theirs, ours, found):
    """Compares the phases of a tree. Returns the result, and a comment."""
    for phase in PHASES:
        here, there = ours.phase(phase, found), theirs[phase]
        match (there, here):
            case (dict(), dict()):
                there = plain(phase, there)
                here = plain(phase, here)
                if there != here:
                    return "different", f"{phase}: {first(there, here)}"
            case (str(), str()):
                return (
                    "refused" if phase == "full" else "part",
                    f"{phase}\n    reference    {there[:300]!r}\n    taskgraph-rs {here}",
                )
            case (str(), dict()) if any(re.search(known, there) for known in DELIBERATE):
                return "deliberate", there[:300]
            case (dict(), str()) if any(re.search(known, here) for known in STRICTER):
                return "deliberate", here
            case (str(), _):
                return "different", f"only the reference refuses {phase}: {there[:300]}"
            case _:
                return "different", f"only taskgraph-rs refuses {phase}: {here[:900]}"
    return "equal", ""


class Ours:
    def __init__(self, binary, more, top, kinds=()):
        self.binary, self.more, self.top = binary, more, top
        self.flags = ["-q", "-p", "parameters.yml", *more]
        self.flags += [flag for kind in kinds for flag in ("-k", kind)]

    def of(self, kinds, flags):
        """The same with flags, for some kinds alone if these are not empty."""
        return Ours(self.binary, [*self.more, *flags], self.top, kinds)

    def phase(self, phase, found):
        """A phase as JSON, or what is said where it is refused."""
        flags = self.flags
        if phase in ("optimized", "morphed"):
            (self.top.parent / "found.json").write_text(json.dumps(found))
            flags = [*flags, "--found", str(self.top.parent / "found.json")]
        command = [str(self.binary), phase, "-J", *flags]
        done = subprocess.run(
            command, cwd=self.top, env=compare.environment(**ENVIRONMENT), capture_output=True, timeout=60
        )
        if done.returncode == 2:
            return done.stderr.decode()
        if done.returncode:
            return {"failed": done.returncode, "message": done.stderr.decode()}
        return json.loads(done.stdout)


def plain(phase, graph):
    """The graph with labels in the place of ids that were made for it."""
    if phase not in ("optimized", "morphed") or "failed" in graph:
        return graph
    text = json.dumps(graph)
    for taskid, task in graph.items():
        text = text.replace(taskid, f"id of {json.dumps(task['label'])[1:-1]}")
    return ordered(json.loads(text))


def with_plain_words(value):
    match value:
        # Others are of classes that say how they are to be written.
        case str() if type(value) is str:
            for odd, plain in ODD_WORDS:
                value = value.replace(odd, plain)
            return value
        case dict():
            return {with_plain_words(key): with_plain_words(inner) for key, inner in value.items()}
        case list():
            return [with_plain_words(item) for item in value]
    return value


def ordered(value):
    """Ids of dependencies are sorted, as their order follows from chance, and each is there once: see docs/parity.md."""
    match value:
        case dict():
            return {
                key: sorted(set(inner)) if key == "dependencies" and isinstance(inner, list) else ordered(inner)
                for key, inner in value.items()
            }
        case list():
            return [ordered(item) for item in value]
    return value


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
