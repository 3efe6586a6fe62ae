#!/usr/bin/env python3
"""Times what the Python of a tree costs, beside the reference, in one run by turns.

    benches/python.py --clone PATH --commit REV --parameters FILE [--rounds N] [--binary BIN] --python PATH

The tree is checked out of a clone of mozilla/translations. Four programs make its full graph: the reference; taskgraph-rs
with all kinds native; with one module of the tree edited (a comment more: the kinds that use it are made by Python);
and with everything in Python. Whole processes are timed, the output goes to files, and all outputs have to be equal.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import compare


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clone", type=Path, required=True, help="a clone, bare or not")
    parser.add_argument("--commit", default="HEAD", help="the commit to make the graph of")
    parser.add_argument("--parameters", type=Path, required=True, help="the parameters")
    parser.add_argument("--module", default="transforms/marian_args.py", help="the module that one kind alone uses")
    parser.add_argument("--rounds", type=int, default=7, help="how often each program runs (default: 7)")
    parser.add_argument("--binary", type=Path, help="taskgraph-rs (default: built in release mode)")
    parser.add_argument("--python", type=Path, required=True, help="a Python that has the reference")
    args = parser.parse_args()
    binary = (args.binary or compare.build()).absolute()
    python = args.python.absolute()
    with tempfile.TemporaryDirectory(prefix="taskgraph-python-") as folder:
        folder = Path(folder)
        known, edited = folder / "known", folder / "edited"
        for top in (known, edited):
            check_out(args.clone, args.commit, top)
        module = edited / "taskcluster" / "translations_taskgraph" / args.module
        module.write_text(module.read_text() + "\n# Another text, and the same tasks.\n")
        for top in (known, edited):
            compare.repository(top)
        command = ["full", "-J", "-p", str(args.parameters.absolute())]
        ours = [str(binary), *command, "--python", str(python)]
        programs = {
            "reference": ([str(python.parent / "taskgraph"), *command], known),
            "native": ([*ours, "--native", "always"], known),
            "as known": (ours, known),
            "one module edited": (ours, edited),
            "all in Python": ([*ours, "--native", "never"], known),
        }
        results = {name: [] for name in programs}
        for number in range(args.rounds + 1):
            names = list(programs) if number % 2 else list(reversed(programs))
            for name in names:
                words, top = programs[name]
                seconds, _, _ = compare.measure(words, top, folder / name.replace(" ", "-"))
                # The first round fills the caches of the machine, and writes the bytecode of modules.
                if number:
                    results[name].append(seconds)
        outputs = {name: json.loads((folder / name.replace(" ", "-")).read_bytes()) for name in programs}
        for name, output in outputs.items():
            if output != outputs["reference"]:
                sys.exit(f"{name}: {compare.first_difference(outputs['reference'], output)}")
        slow = median(results["reference"])
        print(f"{len(outputs['reference'])} tasks, {args.rounds} rounds, medians of whole processes\n")
        print("| | time | of the reference |\n| --- | ---: | ---: |")
        for name, seconds in results.items():
            print(f"| {name} | {1000 * median(seconds):,.0f} ms | {median(seconds) / slow:.2f} |")


def check_out(clone, commit, top):
    """The files of a commit in a folder of their own."""
    top.mkdir()
    archive = subprocess.run(["git", "-C", clone, "archive", commit], check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", top], input=archive, check=True)


def median(values):
    values = sorted(values)
    return values[len(values) // 2]


if __name__ == "__main__":
    main()
