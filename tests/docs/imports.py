#!/usr/bin/env python3
"""Checks that modules of a package do not import each other in a cycle.

    tests/docs/imports.py

A module is a file, or a folder with all its files. It imports what its files name below `crate::`, `super::` and `use`,
outside tests. Modules are compared with those beside them, at every depth; a folder and its own files may use each
other. A cycle of files in one folder is allowed if the first lines (`//!`) of one of them contain `import each other`,
and say why. Prints each cycle, with one import for each step, and ends with status 1 if there is one.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The place before a path that may name a module of the package.
START = re.compile(r"(?<![\w:])(?=(?:crate|self|super)::)|\buse (?=\w+::)")
TEST = re.compile(r"#\[cfg\(test\)\]\s*(?:#\[[^\n]*\s*)*(?:pub\S* )?mod (\w+)(?:;| \{.*?^\})", re.M | re.S)


def sources(root):
    """The files of a package by module, each with its text outside comments and tests; `()` is the root."""
    found, tests = {}, set()
    for file in sorted(root.rglob("*.rs")):
        module = file.relative_to(root).with_suffix("").parts
        module = module[:-1] if module[-1] in ("mod", "lib") else module
        text = re.sub(r"//[^\n]*", "", file.read_text(encoding="utf-8"))
        tests |= {(*module, test[1]) for test in TEST.finditer(text)}
        found[module] = (file, TEST.sub("", text))
    return {module: one for module, one in found.items() if all(module[: len(test)] != test for test in tests)}


def tree(text, at, prefix):
    """The paths of a tree of paths such as `crate::{a, b::{self, C as D}}`, and where it ends."""
    if text[at] == "{":
        at, paths = at + 1, []
        while text[at] != "}":
            found, at = ([], at + 1) if text[at] in " \n," else tree(text, at, prefix)
            paths += found
        return paths, at + 1
    if not (segment := re.compile(r"\w+").match(text, at)):
        return [prefix], at + 1
    at, path = segment.end(), (*prefix, segment[0])
    if re.compile(r"::[\w*{]").match(text, at):
        return tree(text, at + 2, path)
    renamed = re.compile(r"\s+as\s+\w+").match(text, at)
    return [path], renamed.end() if renamed else at


def imports(module, text, modules):
    """The absolute paths that a file names."""
    for start in START.finditer(text):
        for path in tree(text, start.end(), ())[0]:
            base = module
            if path[0] not in ("crate", "self", "super") and (*module, path[0]) not in modules:
                continue
            while path and path[0] in ("crate", "self", "super"):
                base = {"crate": (), "self": base, "super": base[:-1]}[path[0]]
                path = path[1:]
            yield base + path


def edges(modules):
    """For each folder, which of its modules import which, with an example of each import."""
    paths = {module: list(imports(module, text, modules)) for module, (_, text) in modules.items()}
    # What a folder takes from a module below it, and hands on under its own name.
    taken = [(module, path) for module in paths for path in paths[module]]
    exports = {(*module, path[-1]): path for module, path in taken if path[:-2][: len(module)] == module}
    found = {}
    for module, named in paths.items():
        for path in named:
            other = path
            while other not in modules:
                other = exports.get(other, other[:-1])
            depth = next((i for i, (a, b) in enumerate(zip(module, other)) if a != b), None)
            if depth is not None:
                graph = found.setdefault(module[:depth], {}).setdefault(module[: depth + 1], {})
                graph.setdefault(other[: depth + 1], f"{modules[module][0].relative_to(ROOT)}: {'::'.join(path)}")
    return found


def cycle(graph, start):
    """The shortest cycle through a module."""
    paths = [[start]]
    for path in paths:
        for other in graph.get(path[-1], ()):
            if other == start:
                return [*path, start]
            if all(other not in seen for seen in paths):
                paths.append([*path, other])
    return None


def is_explained(found, modules):
    """Whether a cycle is one of files, and one of them says why."""
    is_folder = any(len(module) > len(one) and module[: len(one)] == one for module in modules for one in found)
    texts = [modules[one][0].read_text(encoding="utf-8") for one in found if one in modules]
    return not is_folder and any(re.search(r"^//!.*import each other", text, re.M) for text in texts)


def main():
    listed = subprocess.run(["git", "ls-files", "*/lib.rs"], cwd=ROOT, check=True, capture_output=True, text=True)
    mistakes = []
    for root in sorted((ROOT / name).parent for name in listed.stdout.split()):
        modules, seen = sources(root), set()
        for graph in edges(modules).values():
            for found in filter(None, (cycle(graph, module) for module in sorted(graph) if module not in seen)):
                seen |= set(found)
                if not is_explained(found, modules):
                    mistakes.append(f"{root.relative_to(ROOT)}: {' -> '.join('::'.join(one) for one in found)}")
                    mistakes += [f"    {graph[a][b]}" for a, b in zip(found, found[1:])]
    print("\n".join(mistakes) if mistakes else "no modules import each other in a cycle")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
