#!/usr/bin/env python3
"""Writes which releases of mozilla-taskgraph there are, and which versions of Taskgraph each can be installed with.

    tests/known/mozilla_releases.py > taskgraph-rs/engine/src/known_python/mozilla_releases.txt

Every release is brought from PyPI without what it depends on: some minutes. A line has the version and the version
specifier of its requirement `taskcluster-taskgraph`, or a dash if it has none.
"""

import io
import re
import tarfile
import tempfile
import zipfile
from pathlib import Path

from releases import download, versions

NAME = "mozilla-taskgraph"
REQUIREMENT = re.compile(r"^Requires-Dist: taskcluster-taskgraph *\(?([^;)\n]*)", re.MULTILINE)


def main():
    for version in versions(NAME):
        with tempfile.TemporaryDirectory() as folder:
            required = REQUIREMENT.search(metadata(download(NAME, version, Path(folder))))
        specifier = required[1].replace(" ", "") if required else ""
        print(version, specifier or "-", flush=True)


def metadata(archive):
    """What a wheel or a source archive says of itself."""
    if zipfile.is_zipfile(io.BytesIO(archive)):
        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            (name,) = [name for name in files.namelist() if name.endswith(".dist-info/METADATA")]
            return files.read(name).decode()
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        names = [name for name in files.getnames() if name.endswith("PKG-INFO")]
        return files.extractfile(min(names, key=len)).read().decode()


if __name__ == "__main__":
    main()
