"""Finds the versions of Taskgraph and mozilla-taskgraph that native parts equal: by generated trees of each."""

import re
import subprocess
import sys
from pathlib import Path

from compare import environment
from modules import meaning

PROJECT = Path(__file__).resolve().parents[2]


def sources(folder):
    """The meaning of each module of a package, by file."""
    folder = Path(folder)
    files = sorted(file for file in folder.rglob("*.py") if "test" not in file.relative_to(folder).parts)
    return {str(file.relative_to(folder)): meaning(file.read_bytes()) for file in files}


def same(reference, others, binary, trees, cache):
    """The versions that native parts equal, by package, and those of mozilla-taskgraph that have the same source as that of the
    reference. What changed from one version to the next, native parts know (taskgraph-rs/engine/src/taskgraph_version.rs and
    mozilla_version.rs)."""
    package = Path(reference.run_task).parent
    one, mozilla = sources(package), sources(package.parent / "mozilla_taskgraph")
    known = {"taskcluster-taskgraph": {reference.version}, "mozilla-taskgraph": {reference.mozilla}}
    alike = {reference.mozilla}
    for other in others:
        there = Path(other.run_task).parent
        two = sources(there)
        differing = {file for file in one.keys() | two.keys() if one.get(file) != two.get(file)}
        said = differential(other, binary, trees, cache)
        print(f"{other.version}: differs in {', '.join(sorted(differing)) or 'nothing'}; {said}", file=sys.stderr)
        if said.endswith(" 0 differ"):
            known["taskcluster-taskgraph"].add(other.version)
        if not other.mozilla:
            continue
        if sources(there.parent / "mozilla_taskgraph") == mozilla:
            alike.add(other.mozilla)
        said = differential(other, binary, trees, cache, "--mozilla")
        print(f"mozilla-taskgraph {other.mozilla} with {other.version}: {said}", file=sys.stderr)
        if said.endswith(" 0 differ"):
            known["mozilla-taskgraph"].add(other.mozilla)
    return {name: in_order(found) for name, found in known.items()}, in_order(alike)


def in_order(versions):
    return sorted(versions, key=lambda text: [int(part) for part in text.split(".")])


def differential(other, binary, trees, cache, *flags):
    """Returns the result of tests/differential for a version."""
    file = cache / f"differential-{'-'.join([other.version, str(trees), *flags])}.txt"
    if not file.exists():
        script = PROJECT / "tests/differential/run.py"
        command = [str(script), "--python", str(other.python), "--binary", str(binary), "--count", str(trees), *flags]
        done = subprocess.run(command, capture_output=True, text=True, env=environment())
        file.write_text(done.stdout)
    last = file.read_text().strip().splitlines()[-1]
    return re.sub(r"\s+", " ", last)

