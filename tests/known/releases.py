#!/usr/bin/env python3
"""Writes which releases of Taskgraph there are, and what scripts each brings for its tasks.

    tests/known/releases.py > taskgraph-rs/engine/src/known_python/releases.txt

Every release is brought from PyPI without what it depends on: some ten minutes. A line has the version and the start of
the SHA-256 of `run-task` and of `fetch-content`.
"""

import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

NAME = "taskcluster-taskgraph"
SCRIPTS = ("run-task/run-task", "run-task/fetch-content")
DIGITS = 16


def main():
    for version in versions(NAME):
        with tempfile.TemporaryDirectory() as folder:
            found = dict(scripts(download(NAME, version, Path(folder))))
        print(version, *(found.get(script, "-") for script in SCRIPTS), flush=True)


def pip(*arguments):
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def versions(name):
    """All of them, the oldest first."""
    listed = re.search(r"Available versions: (.*)", pip("index", "versions", name))[1]
    return sorted(listed.split(", "), key=lambda version: [int(part) for part in version.split(".")])


def download(name, version, folder):
    pip("download", "--quiet", "--no-deps", "--no-build-isolation", "--dest", str(folder), f"{name}=={version}")
    (file,) = folder.iterdir()
    return file.read_bytes()


def scripts(archive):
    if zipfile.is_zipfile(io.BytesIO(archive)):
        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            for name in files.namelist():
                yield from digest(name, lambda name=name: files.read(name))
    else:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            for member in files.getmembers():
                yield from digest(member.name, lambda member=member: files.extractfile(member).read())


def digest(name, read):
    for script in SCRIPTS:
        if name.endswith(f"taskgraph/{script}"):
            yield script, hashlib.sha256(read()).hexdigest()[:DIGITS]


if __name__ == "__main__":
    main()
