#!/usr/bin/env python3
"""Makes the table of the Python modules that the program's native parts are known to equal: transforms/known.json.

    tests/known/make.py --clone CLONE=mozilla/translations --python PYTHON --cache DIR [--output FILE] [--report FILE]

A CLONE is a bare clone. Every commit of its main branch that touches the tree is compared with the reference, for some
configs each. PYTHON has the reference, with orjson and mozilla-taskgraph; further ones with other versions say which of
these are the same. What the programs answered is kept in the folder DIR: a second run asks what is new. See
docs/known-modules.md.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SINCE = "2024-11-25"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clone", action="append", required=True, help="PATH=OWNER/NAME; the first is compared first")
    parser.add_argument("--python", action="append", required=True, type=Path, help="the first has the reference")
    parser.add_argument("--binary", type=Path, default=PROJECT / "target/release/taskgraph-rs")
    parser.add_argument("--cache", required=True, type=Path)
    parser.add_argument("--since", default=SINCE)
    parser.add_argument("--count", type=int, default=10**6, help="no more than so many commits, the youngest")
    parser.add_argument("--only-cached", action="store_true", help="leave out commits that were not compared yet")
    parser.add_argument("--trees", type=int, default=150, help="made-up trees to hold other versions with")
    parser.add_argument("--output", type=Path, default=PROJECT / "transforms/known.json")
    parser.add_argument("--report", type=Path, help="write there what was equal, and why the rest was not")
    args = parser.parse_args()
    if Path(sys.prefix).resolve() != args.python[0].absolute().parent.parent.resolve():
        os.execv(args.python[0], [str(args.python[0]), *sys.argv])
    import versions
    from checkout import Clone
    from compare import Reference
    from judge import DECISION, PACKAGE, REGISTER, Commit, native
    from report import Report
    from survey import Survey, known_keys
    from table import Table

    clones = [Clone(*clone.rsplit("=", 1)) for clone in args.clone]
    seen, commits = set(), []
    for clone in clones:
        for commit, date in clone.commits(args.since):
            if commit not in seen:
                seen.add(commit)
                commits.append((clone, commit, date))
    commits.sort(key=lambda found: found[2], reverse=True)
    commits = commits[: args.count]
    file = f"taskcluster/{PACKAGE}/parameters.py"
    blobs = {(clone, clone.files(commit, file)[file][1]) for clone, commit, _ in commits}
    keys = known_keys(clone.blobs([blob])[blob].decode() for clone, blob in sorted(blobs, key=lambda pair: pair[1]))
    survey = Survey(args.cache, args.binary, keys)
    reference, *others = [Reference(python, args.cache / "answers") for python in args.python]
    same, alike = versions.same(reference, others, args.binary, args.trees, args.cache)

    judged, known = [], set()
    for number, (clone, commit, date) in enumerate(commits):
        # The first with some Python is compared in full; what has equal parts is the same.
        key, python = clone.key(commit), clone.git("rev-parse", f"{commit}:taskcluster/{PACKAGE}").strip()
        brief = python in known and key not in known
        known.update([python] if brief else [python, key])
        if args.only_cached and not survey.has(clone, commit, reference, brief):
            continue
        result = survey.result(clone, commit, reference, brief)
        judged.append((number, Commit(clone, commit, date, reference, result)))
        print(f"{number + 1}/{len(commits)} {commit[:8]} {date}", file=sys.stderr, flush=True)

    names = [*native(PROJECT / "transforms/translations/src/lib.rs"), DECISION]
    table, report = Table(), Report(same)
    for name in [*names, REGISTER]:
        table.closures[name] = {}
    for number, commit in judged:
        for path, text in commit.modules.texts.items():
            table.add_text(path, text, number)
        for reported in commit.result.values():
            table.imported.update(reported["imported"])
    for number, commit in judged:
        found = commit.judged(names, survey)
        report.commit(commit, found)
        for module in commit.pieces():
            table.closures.setdefault(module, {})
        for name, (why, files) in found.items():
            if why is None:
                held = {"taskcluster-taskgraph": same["taskcluster-taskgraph"]}
                # The package imports it for its register function.
                users = files if name == REGISTER else [path for path in files if path != f"{PACKAGE}/__init__.py"]
                if any("mozilla_taskgraph" in commit.modules.imports(path) for path in users):
                    held["mozilla-taskgraph"] = alike
                texts = [(path, table.add_text(path, commit.modules.texts.get(path), number)) for path in files]
                pieces = commit.pieces() if name == REGISTER else {}
                table.hold(name, texts, held, number, pieces)
    # A text of a branch that means the same as a known one is as good.
    for clone in clones:
        for path, blobs in clone.texts(f"taskcluster/{PACKAGE}").items():
            path = path.removeprefix("taskcluster/")
            for text in clone.blobs(sorted(blobs)).values():
                table.add_alike(path, text)
    for _, commit in judged:
        report.check(commit, table)
    table.imported = {name for name in table.imported if not name.startswith("_") and name != PACKAGE}
    rows = [(clone.name, commit, date) for clone, commit, date in commits]
    args.output.write_text(table.write(same, rows))
    text = report.text(table)
    if args.report:
        args.report.write_text(text)
    print(text)
    subprocess.run(["wc", "-c", str(args.output)], check=False)
    sys.exit(1 if report.contradictions else 0)


if __name__ == "__main__":
    main()
