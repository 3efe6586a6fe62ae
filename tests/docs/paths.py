#!/usr/bin/env python3
"""Checks what the documents name against the tree: files, links and their anchors, types of the glossary, and, with
`--binary`, commands and their flags.

    tests/docs/paths.py                                          # files, links, types
    tests/docs/paths.py --binary target/release/taskgraph-rs     # commands and flags as well

Prints each mistake as FILE:LINE and ends with status 1 if there is one. Needs Python 3.9 and git, nothing else.
"""

import argparse
import os
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A path of the tree: one of its top folders, not preceded by what makes it a part of another path or of a url.
PATH = re.compile(
    r"(?<![\w/.$-])((?:taskgraph-rs|transforms|tests|benches|fuzz|docs|kinds|examples|\.ci)/[\w.*/-]*[\w*/])"
)
SPAN = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$")
# The end of a path: `remove.rs`, `optimize/remove.rs`.
SOURCE_NAME = re.compile(r"^[\w/-]+\.(?:rs|js)$")
TYPE = re.compile(r"^[A-Z][a-zA-Z]+$")
COMMAND = re.compile(r"(?<![\w/.-])taskgraph-rs((?: [a-z][a-z-]*)+)(.*)$")
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
# Files that only exist in the example of the page on transforms, and folders that only exist after a run.
EXAMPLES = {"docs/adding-a-transform.md"}
NOT_TRACKED = ("fuzz/corpus", ".ci/reference", ".ci/venv")


@lru_cache
def tracked():
    """Files that git knows or would add, and all their folders."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\n")
    files = {name for name in listed if name and (ROOT / name).exists()}
    folders = {str(parent) for name in files for parent in Path(name).parents}
    return files, folders


def exists(path):
    """Whether a path, which may have `*` in it, is a file or a folder of the tree."""
    files, folders = tracked()
    path = path.rstrip("/").rstrip(".")
    if path.startswith(NOT_TRACKED) or path in files or path in folders:
        return True
    # A path without an ending may name a module: `core/src/chunking` for chunking.rs.
    if "*" not in path:
        return f"{path}.rs" in files
    return any(True for _ in ROOT.glob(path))


def ends_a_path(end):
    """Whether the path of a file is `end`, or ends with it."""
    return any(f"/{name}".endswith(f"/{end}") for name in tracked()[0])


def anchor(heading):
    """The anchor of a heading, as GitHub makes it."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", text).strip().replace(" ", "-")


def anchors(document):
    found = set()
    fenced = False
    for line in document.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            fenced = not fenced
        heading = None if fenced else HEADING.match(line)
        if heading:
            found.add(anchor(heading[1]))
    return found


def links(document, line):
    """Relative links that lead nowhere."""
    for target in LINK.findall(line):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, fragment = target.partition("#")
        path = (document.parent / file).resolve() if file else document
        if not path.exists():
            yield f"link to `{target}`: no such file"
        elif fragment and path.suffix == ".md" and fragment not in anchors(path):
            yield f"link to `{target}`: no such heading"


def glossary_types(line):
    """Types in the last column of the glossary that none of the files named beside them declares."""
    spans = SPAN.findall(line.rstrip(" |").rpartition("|")[2])
    files = [ROOT / span for span in spans if PATH.fullmatch(span) and (ROOT / span).is_file()]
    texts = [file.read_text(encoding="utf-8") for file in files]
    for name in filter(TYPE.match, spans):
        declared = re.compile(rf"\b(?:struct|enum|trait|type) {name}\b")
        if not any(map(declared.search, texts)):
            yield f"`{name}` is not declared in the file named beside it"


def mistakes_of_text(document, line):
    name = str(document.relative_to(ROOT))
    yield from links(document, line)
    for path in PATH.findall(re.sub(r"https?://\S+", "", line)):
        if name not in EXAMPLES and not exists(path):
            yield f"`{path}`: no such file or folder"
    for span in SPAN.findall(line):
        if name not in EXAMPLES and SOURCE_NAME.match(span) and not ends_a_path(span):
            yield f"`{span}`: no path of a file ends so"
    if name == "docs/glossary.md" and line.startswith("| "):
        yield from glossary_types(line)


class Help:
    """Help texts of the commands of a binary."""

    def __init__(self, binary):
        self.binary = binary

    @lru_cache
    def of(self, words):
        """The help of the longest command that the words begin with: its words and its text."""
        while words:
            call = subprocess.run([self.binary, *words, "--help"], capture_output=True, text=True)
            if call.returncode == 0:
                return words, call.stdout
            words = words[:-1]
        return (), ""

    def mistakes(self, line):
        found = COMMAND.search(line)
        if not found:
            return
        words = tuple(found[1].split())
        known, text = self.of(words)
        if not known:
            yield f"`taskgraph-rs {words[0]}`: no such command"
            return
        # What follows another command or a comment in the line is not the program's.
        rest = re.split(r" #|\||;|&&|>", found[2])[0]
        for flag in FLAG.findall(rest):
            if not re.search(rf"{re.escape(flag)}(?![\w-])", text):
                yield f"`taskgraph-rs {' '.join(known)}` has no flag `{flag}`"


def commands_of(line, fenced):
    """Parts of a line that may be commands: a line of code, or spans of code."""
    return [line] if fenced or line.startswith("    ") else SPAN.findall(line)


def mistakes_of_document(document, help_texts):
    fenced = False
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("```"):
            fenced = not fenced
        found = list(mistakes_of_text(document, line))
        if help_texts:
            for command in commands_of(line, fenced):
                found += help_texts.mistakes(command)
        for mistake in found:
            yield f"{document.relative_to(ROOT)}:{number}: {mistake}"


def mistakes_of_sources():
    """Documents that sources and scripts name, and that do not exist."""
    files, _ = tracked()
    for name in sorted(files):
        if not name.endswith((".rs", ".py", ".yml", ".toml")) or name.startswith("fuzz/seeds"):
            continue
        text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
        for found in re.finditer(r"(?<![\w/.-])docs/[a-z-]+\.md", text):
            if found[0] not in files:
                line = text.count("\n", 0, found.start()) + 1
                yield f"{name}:{line}: `{found[0]}`: no such file"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", help="checks commands and flags with the help texts of this program")
    arguments = parser.parse_args()
    help_texts = Help(os.path.abspath(arguments.binary)) if arguments.binary else None
    documents = [ROOT / name for name in sorted(tracked()[0]) if re.fullmatch(r"(docs/|kinds/)?[\w-]+\.md", name)]
    mistakes = [mistake for document in documents for mistake in mistakes_of_document(document, help_texts)]
    mistakes += mistakes_of_sources()
    print("\n".join(mistakes) if mistakes else f"{len(documents)} documents name nothing that does not exist")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
