#!/usr/bin/env python3
"""Checks that modules of a package do not import each other in a cycle: no folder, and no file beside a folder.

    tests/docs/imports.py

A module is a file or a folder, and its edges are the paths below `crate::` and `super::` in its files, outside tests.
Modules are compared with those beside them, at every depth; a folder may use what the file around it declares. Files of
one folder may form a cycle if the first lines of one of them say `cycle` and why. Prints each cycle with an import for
each of its edges, and ends with status 1 if there is one. Needs Python 3.9 and git, nothing else.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What begins a path, and the parts of a tree of paths: `crate::{a, b::{self, C as D}}`.
START = re.compile(r"(?:(?<![\w:])(?=(?:crate|self|super)::)|\buse )()(?=\w+::)")
SEGMENT = re.compile(r"[\w*]+")
TEST = re.compile(r"#\[cfg\((?:all\()?test\b[^\n]*\n\s*(?:#\[[^\n]*\n\s*)*(?:pub(?:\(\w+\))? )?mod (\w+)(?: \{.*?^\}|;)", re.M | re.S)


def packages():
    """The folder of the sources of each package of the workspace."""
    listed = subprocess.run(["git", "ls-files", "*.rs"], cwd=ROOT, check=True, capture_output=True, text=True)
    return {ROOT / name: (ROOT / name).parent for name in listed.stdout.split() if name.endswith("/lib.rs")}


def sources(root):
    """The files of a package by module path, without comments and tests; `()` is the root."""
    texts, tests = {}, set()
    for file in sorted(root.rglob("*.rs")):
        path = file.relative_to(root).with_suffix("").parts
        path = path[:-1] if path[-1] in ("mod", "lib") else path
        text = re.sub(r"//[^\n]*", "", file.read_text(encoding="utf-8"))
        tests |= {(*path, found[1]) for found in TEST.finditer(text)}
        texts[path] = (file, TEST.sub("", text))
    return {path: found for path, found in texts.items() if not any(path[: len(test)] == test for test in tests)}


def tree(text, at, prefix):
    """The paths of the tree of paths at a place, and where it ends."""
    if text[at] == "{":
        at, paths = at + 1, []
        while (at := at + len(text[at:]) - len(text[at:].lstrip(" \n,"))) and text[at] != "}":
            found, at = tree(text, at, prefix)
            paths += found
        return paths, at + 1
    segment = SEGMENT.match(text, at)
    if not segment:
        return [prefix], at + 1
    at, path = segment.end(), (*prefix, segment[0])
    if text.startswith("::", at) and re.match(r"[\w*{]", text[at + 2 :]):
        return tree(text, at + 2, path)
    renamed = re.compile(r"\s+as\s+\w+").match(text, at)
    return [path], renamed.end() if renamed else at


def imports(module, text, modules):
    """The absolute paths that a file names. What a `use` takes from a folder below is among them."""
    for start in START.finditer(text):
        for path in tree(text, start.start(1), ())[0]:
            base = module
            if path[0] not in ("crate", "super", "self") and (*module, path[0]) not in modules:
                continue
            while path and path[0] in ("crate", "super", "self"):
                base = () if path[0] == "crate" else base[:-1] if path[0] == "super" else base
                path = path[1:]
            yield base + path


def module_of(path, modules, exports):
    """The module that declares what a path names: a name that a folder takes from below is declared there."""
    found = next(path[:end] for end in range(len(path), -1, -1) if path[:end] in modules)
    other = exports.get(path[: len(found) + 1])
    return module_of(other, modules, exports) if other else found


def edges(modules):
    """For each folder, which of its modules import which, with a file and a path for each edge."""
    paths = {module: list(imports(module, text, modules)) for module, (_, text) in modules.items()}
    exports = {
        (*module, path[-1]): path
        for module in modules for path in paths[module]
        if len(path) > len(module) + 1 and path[: len(module)] == module and path not in modules
    }
    found = {}
    for module, named in paths.items():
        for path in named:
            other = module_of(path, modules, exports)
            same = next((i for i, (a, b) in enumerate(zip(module, other)) if a != b), None)
            if same is not None:
                beside = found.setdefault(module[:same], {}).setdefault(module[: same + 1], {})
                beside.setdefault(other[: same + 1], f"{modules[module][0].relative_to(ROOT)}: {'::'.join(path)}")
    return found


def cycle(graph, start):
    """The shortest cycle through a module."""
    before, queue = {}, [start]
    for module in queue:
        for other in graph.get(module, ()):
            if other == start:
                found = [start, module]
                while found[-1] != start:
                    found.append(before[found[-1]])
                return found[::-1] if module != start else None
            if other not in before:
                before[other] = module
                queue.append(other)
    return None


def main():
    mistakes = []
    for root in sorted(set(packages().values())):
        modules = sources(root)
        for graph in edges(modules).values():
            reported = set()
            for start in sorted(graph):
                found = None if start in reported else cycle(graph, start)
                if not found:
                    continue
                reported |= set(found)
                names = " -> ".join("::".join(module) for module in found)
                files = all(not any(len(m) > len(f) and m[:len(f)] == f for m in modules) for f in found)
                mistakes.append(f"{root.relative_to(ROOT)}: {'files' if files else 'folders'} {names}")
                mistakes += [f"    {graph[a][b]}" for a, b in zip(found, found[1:])]
    print("\n".join(mistakes) if mistakes else "no modules import each other in a cycle")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
