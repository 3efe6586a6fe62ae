#!/usr/bin/env python3
"""Prints how long `graph preview --watch` takes from a save to the end of the new preview.

    benches/watch.py BINARY                             over the kinds that ship
    benches/watch.py BINARY --root DIR --config FILE    over a tree, with a config for it

The config is saved thirty times as editors do it, each time with another name of its experiment (which the preview
shows), and the clock runs from the rename to the line that says that the program waits again. What the machine itself
adds (two pipes and this script) is in it.
"""

import argparse
import os
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
SAVES = 30


def save(path, text):
    """Writes a file beside its place and puts it there."""
    beside = path.with_suffix(".new")
    beside.write_text(text)
    start = time.perf_counter()
    os.replace(beside, path)
    return start


def named(text, name):
    """The config with another name of its experiment."""
    if re.search(r"(?m)^experiment:\s*$", text):
        text = re.sub(r"(?m)^( +)name:.*\n", "", text, count=1) if re.search(r"(?m)^experiment:\s*\n +name:", text) else text
        return re.sub(r"(?m)^experiment:\s*$", f"experiment:\n  name: {name}", text, count=1)
    return text + f"\nexperiment:\n  name: {name}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--root", type=Path)
    parser.add_argument("--config", type=Path, default=PROJECT / "docs/examples/pretrained-ru-en.yml")
    arguments = parser.parse_args()
    text = arguments.config.read_text()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yml"
        save(config, named(text, "first"))
        command = [Path(arguments.binary).resolve(), "graph", "preview", config, "--offline", "--watch"]
        if arguments.root:
            command += ["--root", arguments.root.resolve()]
        where = folder if not arguments.root else arguments.root.resolve().parent
        program = subprocess.Popen(command, cwd=where, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

        def shown():
            """Reads up to the end of a preview."""
            lines = []
            for line in program.stdout:
                lines.append(line)
                if "waiting for" in line:
                    return "".join(lines)
            raise SystemExit("the program has ended:\n" + "".join(lines))

        shown()
        times = []
        for number in range(SAVES):
            start = save(config, named(text, f"save-{number}"))
            preview = shown()
            times.append((time.perf_counter() - start) * 1000)
            if f"experiment save-{number}" not in preview:
                raise SystemExit(f"this preview is not about save {number}:\n{preview}")
            time.sleep(0.05)
        program.terminate()
        print(f"from the save to the preview, {SAVES} times: median {statistics.median(times):.1f} ms, worst {max(times):.1f} ms")


if __name__ == "__main__":
    main()
