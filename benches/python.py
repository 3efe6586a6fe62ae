#!/usr/bin/env python3
"""Times what the Python of a tree costs, beside the reference, in one run by turns.

    benches/python.py --clone PATH --commit REV --parameters FILE [--rounds N] [--binary BIN] --python PATH

The tree is checked out of a clone of mozilla/translations. Four programs make its full graph: the reference; taskgraph-rs
with all kinds native; with one module of the tree edited (a comment more: the kinds that use it are made by Python);
and with everything in Python. Whole processes are timed, the output goes to files, and all outputs have to be equal.
Beside the time that passes stands the processor time of the process and all its descendants, which depends less on what
else the machine does.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

import compare

sys.path.insert(0, str(compare.PROJECT / "tests" / "known"))
import checkout  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clone", type=Path, required=True, help="a clone, bare or not")
    parser.add_argument("--commit", default="HEAD", help="the commit to make the graph of")
    parser.add_argument("--parameters", type=Path, required=True, help="the parameters")
    parser.add_argument("--module", default="transforms/marian_args.py", help="the module that one kind alone uses")
    parser.add_argument("--rounds", type=int, default=7, help="how often each program runs (default: 7)")
    parser.add_argument("--binary", type=Path, help="taskgraph-rs (default: built as it is given away)")
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
                seconds, _, busy = compare.measure(words, top, folder / name.replace(" ", "-"))
                # The first round fills the caches of the machine, and writes the bytecode of modules.
                if number:
                    results[name].append((seconds, busy))
        outputs = {name: json.loads((folder / name.replace(" ", "-")).read_bytes()) for name in programs}
        for name, output in outputs.items():
            if output != outputs["reference"]:
                sys.exit(f"{name}: {compare.first_difference(outputs['reference'], output)}")
        slow, slow_busy = medians(results["reference"])
        print(f"{len(outputs['reference'])} tasks, {args.rounds} rounds, medians of whole processes\n")
        print("| | time | of the reference | processor time | of the reference |\n| --- | ---: | ---: | ---: | ---: |")
        for name, times in results.items():
            seconds, busy = medians(times)
            print(
                f"| {name} | {1000 * seconds:,.0f} ms | {seconds / slow:.2f} "
                f"| {1000 * busy:,.0f} ms | {busy / slow_busy:.2f} |"
            )


def check_out(clone, commit, top):
    """The files of a commit in a folder of their own. A bare clone may lack large ones, which are recognized by their ids."""
    clone = checkout.Clone(clone, "tree")
    files = clone.files(commit)
    contents = clone.blobs(sorted({blob for _, blob in files.values()}))
    for path, (mode, blob) in files.items():
        file = top / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if mode == "120000":
            file.symlink_to(contents[blob].decode())
        else:
            file.write_bytes(contents[blob])
            file.chmod(0o755 if mode == "100755" else 0o644)


def medians(rows):
    return [statistics.median(column) for column in zip(*rows)]


if __name__ == "__main__":
    main()
