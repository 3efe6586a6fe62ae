#!/usr/bin/env python3
"""Real trees: what the program makes of them, beside the Taskgraph that each of them pins.

    tests/trees/run.py --setup                        # clones and environments that are missing
    tests/trees/run.py --bin target/release/taskgraph-rs
    tests/trees/run.py --only glean --keep DIR        # one tree; its checkout, parameters and outputs stay in DIR

`trees.json` lists the trees: name, repository, branch, commit, root, the packages that the tree pins, parameters (which
go over the defaults), answers to what the tree asks of the network, by url, what is found in the index, and whether the
clock stands still. A clone is looked for in `--clones` as OWNER+NAME or OWNER+NAME/repo, an environment in `--pythons`
as the name under `python`.

Every tree is checked out unmodified, as a git repository with the remote of the real one. One parameters file is made
by the reference (`tasks_for` github-push, level 1, a fixed date, with the decision parameters of the tree) and given to
both. For `full -J`, `target -L` and `morphed -J`, what the program writes is compared with what the reference writes.
The program runs once for each `--variant NAME=ARGUMENTS`, and may leave nothing behind in the tree.

From Taskgraph 17 on, the order of kinds, and of the tasks that a kind is given, is that of a set:
`primary-dependency-label` and the order of `soft_dependencies` follow it. There the former is left out, the latter
sorted, and the tasks in which either differed are counted.

The seconds in the table are processor time of a phase, with that of all descendants, which depends less on what else
the machine does than the time that passes. Each phase runs once.

Writes a Markdown table to stdout, and to `--output` a JSON with everything that differs. Exit status 1 if anything
does.
"""

import argparse
import json
import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.realpath(__file__))
PROJECT = os.path.dirname(os.path.dirname(HERE))
DATE = 1767225600  # 1 January 2026
ROOT_URL = "https://firefox-ci-tc.services.mozilla.com"
PHASES = [("full", "-J"), ("target", "-L"), ("morphed", "-J")]
MADE_BY_PYTHON = re.compile(r"(\d+) of (\d+) kinds (?:\(.*?\) )?made by Python")
UNORDERED = "primary-dependency-label"
GIT = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}

# What a tree asks of the network is answered from its "answers", and nothing else is reached; in the index nothing is
# found. A tree that writes the present time into its tasks gets a clock that stands still.
SITE = """
import json, os
with open(os.path.join(os.path.dirname(__file__), "site.json")) as file: site = json.load(file)
if site["clock"]:
    import time
    import datetime
    time.time = lambda: site["clock"]
    class Still(datetime.datetime):
        @classmethod
        def now(cls, tz=None): return cls.fromtimestamp(site["clock"], tz)
        @classmethod
        def utcnow(cls): return cls.utcfromtimestamp(site["clock"])
    datetime.datetime = Still
answers = site["answers"]
if answers is not None:
    import requests
    def request(session, method, url, **kwargs):
        there = url.partition("?")[0]
        if there not in answers and "/api/index/v1/task/" not in there:
            raise requests.ConnectionError("no answer for " + url)
        response = requests.Response()
        response.status_code, response.url = 200 if there in answers else 404, url
        response.headers["Content-Type"] = "application/json"
        response._content = json.dumps(answers.get(there, {})).encode()
        return response
    requests.Session.request = request
"""

# The command `taskgraph` has no folder of its caller in its path.
NO_FOLDER = "import sys; sys.path.remove('')"

# The reference, with an index in which only that is found which the tree's "index" names. The functions are replaced
# before anything imports them.
REFERENCE = NO_FOLDER + """
import json
import taskgraph.util.taskcluster as taskcluster
found = json.loads(sys.argv.pop(1))
index, status = found["index"], found["status"]
for name, answer in (
    ("find_task_id", lambda path, *args, **kwargs: index[path]),
    ("find_task_id_batched", lambda paths, *args, **kwargs: {path: index[path] for path in paths if path in index}),
    ("status_task", lambda task_id, *args, **kwargs: status[task_id]),
    ("status_task_batched", lambda ids, *args, **kwargs: {each: status[each] for each in ids if each in status}),
):
    if hasattr(taskcluster, name): setattr(taskcluster, name, answer)
from taskgraph.main import main
sys.argv[0] = "taskgraph"
sys.exit(main(sys.argv[1:]))
"""

# Writes the parameters that a decision task of the tree would have.
PARAMETERS = NO_FOLDER + """
import json
from taskgraph.config import load_graph_config
from taskgraph.parameters import Parameters
from taskgraph.util.python_path import find_object
root, values, changed, out = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3]), sys.argv[4]
config = load_graph_config(root)
config.register()
parameters = dict(Parameters(strict=False, **values))
extend = config["taskgraph"].get("decision-parameters")
if extend: find_object(extend)(config, parameters)
def merge(one, other):
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(one.get(key), dict): merge(one[key], value)
        else: one[key] = value
merge(parameters, changed)
with open(out, "w") as file: json.dump(parameters, file, indent=1, sort_keys=True, default=list)
"""


def environment(tree):
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TASK_", "TASKCLUSTER", "TASKGRAPH", "MOZ_AUTOMATION", "VIRTUAL_ENV", "PYTHON"))
    }
    fixed = {
        "TASKCLUSTER_ROOT_URL": tree.get("root-url", ROOT_URL),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "NO_COLOR": "1",
    }
    return {**kept, **fixed, **tree.get("environment", {})}


def clone_of(tree, clones):
    name = "+".join(tree["repository"].split("/")[-2:])
    for path in (os.path.join(clones, name, "repo"), os.path.join(clones, name)):
        if os.path.exists(os.path.join(path, "HEAD")) or os.path.exists(os.path.join(path, ".git")):
            return path
    return None


def python_of(tree, pythons):
    return os.path.join(pythons, tree["python"], "bin", "python")


def setup(trees, clones, pythons, interpreter):
    """Clones and environments that are not there yet."""
    for tree in trees:
        if not clone_of(tree, clones):
            path = os.path.join(clones, "+".join(tree["repository"].split("/")[-2:]))
            subprocess.run(["git", "clone", "--bare", tree["repository"], path], check=True)
        python = python_of(tree, pythons)
        if not os.path.exists(python):
            folder = os.path.dirname(os.path.dirname(python))
            subprocess.run([tree.get("interpreter", interpreter), "-m", "venv", folder], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", *tree["packages"]], check=True)


def check_out(tree, clone, folder):
    """The tree at its commit in `folder`, as a git repository whose remote is the real one."""

    def git(*args):
        return subprocess.run(
            ["git", "-C", folder, *args], check=True, capture_output=True, text=True, env={**os.environ, **GIT}
        ).stdout

    branch = tree.get("branch", "main")
    os.makedirs(folder)
    git("init", "--quiet", "--initial-branch", branch)
    objects = subprocess.run(
        ["git", "-C", clone, "rev-parse", "--git-path", "objects"], check=True, capture_output=True, text=True
    ).stdout.strip()
    with open(os.path.join(folder, ".git/objects/info/alternates"), "w") as file:
        file.write(os.path.join(os.path.realpath(clone), objects) + "\n")
    listed = ["git", "-C", clone, "for-each-ref", "--format=%(objectname) %(refname)", "refs/tags"]
    with open(os.path.join(folder, ".git/packed-refs"), "w") as file:
        file.write(subprocess.run(listed, check=True, capture_output=True, text=True).stdout)
    git("update-ref", "HEAD", tree["commit"])
    git("read-tree", "HEAD")
    # A clone may lack its largest files: empty ones stand in for them.
    subprocess.run(["git", "-C", folder, "checkout-index", "--all"], capture_output=True)
    if absent := git("ls-files", "--deleted", "-z").split("\0")[:-1]:
        git("update-index", "--skip-worktree", "--", *absent)
        for path in absent:
            os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
            open(os.path.join(folder, path), "x").close()
    git("remote", "add", "origin", tree["repository"])
    git("update-ref", f"refs/remotes/origin/{branch}", "HEAD")
    git("symbolic-ref", "refs/remotes/origin/HEAD", f"refs/remotes/origin/{branch}")
    return git, absent


def parameters_of(tree, git):
    commit = git("rev-parse", "HEAD").strip()
    before = git("rev-parse", "HEAD^").strip()
    branch = tree.get("branch", "main")
    changed = git("diff", "--name-only", before, commit).splitlines()
    return {
        "base_ref": branch,
        "base_repository": tree["repository"],
        "base_rev": before,
        "build_date": DATE,
        "build_number": 1,
        "files_changed": changed,
        "head_ref": f"refs/heads/{branch}",
        "head_repository": tree["repository"],
        "head_rev": commit,
        "head_tag": "",
        "level": "1",
        "moz_build_date": "20260101000000",
        "optimize_target_tasks": True,
        "owner": "nobody@example.com",
        "project": tree["repository"].split("/")[-1],
        "pushdate": DATE,
        "pushlog_id": "0",
        "repository_type": "git",
        "target_tasks_method": "default",
        "tasks_for": "github-push",
    }


def run(command, folder, env, timeout):
    start, busy = time.monotonic(), processor_time()
    try:
        done = subprocess.run(
            command, cwd=folder, env=env, capture_output=True, text=True, errors="replace", timeout=timeout
        )
        status, stdout, stderr = done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired:
        status, stdout, stderr = "timeout", "", f"took longer than {timeout} s"
    times = {"seconds": round(time.monotonic() - start, 3), "processor": round(processor_time() - busy, 3)}
    return {"status": status, "stdout": stdout, "stderr": stderr, "times": times}


def processor_time():
    """That of all descendants that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def read(phase, text, printed_too):
    """Returns the output of a phase: labels, or tasks by label. Output of the tree to stdout goes before it."""
    if phase == "target":
        return {label: None for label in text.split("\n") if label}
    if printed_too and not text.startswith("{"):
        text = text[text.index("\n{") + 1 :]
    graph = json.loads(text)
    if phase != "morphed":
        return graph
    # Names of tasks in the place of ids that are drawn by chance.
    for task_id in graph:
        text = text.replace(task_id, "<" + graph[task_id]["label"] + ">")
    named = {task["label"]: task for task in json.loads(text).values()}
    for task in named.values():
        if "dependencies" in task["task"]:
            task["task"]["dependencies"].sort()
    return named


def ordered(value):
    """The value without what follows the order of a set, wherever a task was copied to."""
    if isinstance(value, dict):
        kept = {key: ordered(inner) for key, inner in value.items() if key != UNORDERED}
        if isinstance(kept.get("soft_dependencies"), list):
            kept["soft_dependencies"].sort()
        return kept
    if isinstance(value, list):
        return [ordered(inner) for inner in value]
    return value


def places(one, other, path=""):
    """Yields the differences of two values: the path, and both values there."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(set(one) | set(other)):
            at = f"{path}.{key}"
            if key not in one:
                yield at, "nothing", other[key]
            elif key not in other:
                yield at, one[key], "nothing"
            else:
                yield from places(one[key], other[key], at)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other)):
            yield from places(*pair, f"{path}[{index}]")
    elif type(one) is not type(other) or one != other:
        yield path, one, other


def compare(expected, found, is_unordered):
    """Nothing if both are equal, else what differs."""
    missing = [label for label in expected if label not in found]
    surplus = [label for label in found if label not in expected]
    differing, unordered = {}, 0
    for label in expected:
        if label in found and (where := list(places(expected[label], found[label]))):
            if is_unordered:
                pair = ordered(expected[label]), ordered(found[label])
                unordered += where != (where := list(places(*pair)))
            if where:
                differing[label] = [(at, repr(one)[:200], repr(other)[:200]) for at, one, other in where[:10]]
    result = {"missing": missing, "surplus": surplus, "differing": differing}
    result = {name: value for name, value in result.items() if value}
    return result, unordered


def kinds_of(folder, tree, status, stderr):
    """Returns the numbers of native kinds and of kinds in Python; nothing if it failed."""
    if status:
        return None
    if said := MADE_BY_PYTHON.search(stderr):
        python, every = int(said[1]), int(said[2])
        return every - python, python
    root = os.path.join(folder, tree["root"])
    kinds = os.path.join(root, "kinds") if os.path.isdir(os.path.join(root, "kinds")) else root
    return sum(os.path.exists(os.path.join(kinds, name, "kind.yml")) for name in os.listdir(kinds)), 0


def last_line(text):
    """The exception, if there is one; else what was said last."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    exceptions = [line for line in lines if re.match(r"[A-Za-z_.]+(Error|Exception)\b", line)]
    return (exceptions or lines or ["nothing was said"])[-1]


def examine(tree, options, folder):
    """Everything about one tree."""
    result = {"name": tree["name"], "commit": tree["commit"], "phases": {}}
    checkout = os.path.join(folder, "checkout")
    clone, python, env = clone_of(tree, options.clones), python_of(tree, options.pythons), environment(tree)
    if not clone or not os.path.exists(python):
        return {**result, "failed": "there is no clone or no environment: --setup brings them"}
    site = {"clock": DATE if tree.get("clock-stands-still") else None, "answers": tree.get("answers")}
    if any(value is not None for value in site.values()):
        env["PYTHONPATH"] = os.path.join(folder, "site")
        os.makedirs(env["PYTHONPATH"])
        for name, text in (("sitecustomize.py", SITE), ("site.json", json.dumps(site))):
            with open(os.path.join(env["PYTHONPATH"], name), "w") as file:
                file.write(text)
    git, absent = check_out(tree, clone, checkout)
    if absent:
        result["absent"] = absent
    version = "import importlib.metadata as m; print(m.version('taskcluster-taskgraph'))"
    result["taskgraph"] = run([python, "-c", version], checkout, env, 60)["stdout"].strip()
    is_unordered = int(result["taskgraph"].split(".")[0]) >= 17
    parameters = os.path.join(folder, "parameters.json")
    values, changed = json.dumps(parameters_of(tree, git)), json.dumps(tree.get("parameters", {}))
    made = run([python, "-c", PARAMETERS, tree["root"], values, changed, parameters], checkout, env, options.timeout)
    if made["status"]:
        return {**result, "failed": "no parameters: " + last_line(made["stderr"])}
    completed = {"state": "completed", "expires": "2036-01-01T00:00:00.000Z"}
    index = tree.get("index", {})
    found_there = json.dumps({"index": index, "status": {task_id: completed for task_id in index.values()}})
    known = ["--offline"]
    if index:
        known = ["--found", os.path.join(folder, "found.json")]
        with open(known[1], "w") as file:
            file.write(found_there)

    for phase, form in PHASES:
        at_hand = [phase, form, "-p", parameters, "--root", tree["root"]]
        expected = run([python, "-c", REFERENCE, found_there, *at_hand], checkout, env, options.timeout)
        write(folder, f"{phase}-reference", expected)
        git("clean", "-qfdx")
        this = result["phases"][phase] = {"reference": dict(expected["times"])}
        if expected["status"]:
            this["reference"]["failed"] = last_line(expected["stderr"])
            reference = None
        else:
            reference = read(phase, expected["stdout"], True)
            this["reference"]["tasks"] = len(reference)
        for name, more in options.variant:
            of_index = known if phase == "morphed" else []
            command = [options.bin, *at_hand, *of_index, "--python", python, *more]
            found = run(command, checkout, env, options.timeout)
            write(folder, f"{phase}-{name}", found)
            kinds = kinds_of(checkout, tree, found["status"], found["stderr"])
            this[name] = {**found["times"], "kinds": kinds}
            if left := git("status", "--porcelain", "--ignored").split("\n")[:-1]:
                this[name]["left"] = left
                git("clean", "-qfdx")
            if found["status"]:
                this[name]["failed"] = found["stderr"].strip()[-3000:]
                this[name]["status"] = found["status"]
            elif reference is None:
                this[name]["only"] = "the reference fails"
            else:
                differs, unordered = compare(reference, read(phase, found["stdout"], False), is_unordered)
                this[name].update({"differs": differs} if differs else {}, unordered=unordered)
    return result


def write(folder, name, done):
    for stream in ("stdout", "stderr"):
        with open(os.path.join(folder, f"{name}.{stream}"), "w") as file:
            file.write(done[stream])


def verdict(phase, name):
    """In one word whether a phase is equal."""
    reference, this = phase["reference"], phase[name]
    if "failed" in reference:
        return "both refuse" if "failed" in this else "only the reference refuses"
    if "failed" in this:
        return "refused: " + " ".join(this["failed"].split())[:100]
    if "left" in this:
        return "leaves files"
    if "differs" not in this:
        return "equal"
    names = {"missing": "missing", "surplus": "too many", "differing": "differ"}
    return ", ".join(f"{len(this['differs'][key])} {word}" for key, word in names.items() if key in this["differs"])


def verdict_of_all(result, name):
    said = {phase: verdict(this, name) for phase, this in result["phases"].items()}
    if len(set(said.values())) == 1:
        return next(iter(said.values()))
    return "; ".join(f"{phase}: {word}" for phase, word in said.items())


def table(results, variants):
    heads = ["tree", "commit", "Taskgraph", "tasks: full, target, morphed", "reference s"]
    for name, _ in variants:
        heads += [f"{name}: native/Python kinds", "equal", "s"]
    yield heads
    yield ["---"] * len(heads)
    for result in results:
        row = [result["name"], result["commit"][:12], result.get("taskgraph", "")]
        if "failed" in result:
            yield row + [result["failed"][:200]] + [""] * (len(heads) - 4)
            continue
        phases = result["phases"]
        row += [", ".join(str(phase["reference"].get("tasks", "–")) for phase in phases.values())]
        row += [processor_times(phases, "reference")]
        for name, _ in variants:
            kinds = phases["full"][name]["kinds"]
            row += ["{}/{}".format(*kinds) if kinds else "–", verdict_of_all(result, name)]
            row += [processor_times(phases, name)]
        yield row


def processor_times(phases, name):
    return ", ".join(f"{phase[name]['processor']:.2f}" for phase in phases.values())


def is_good(result, variants):
    return "failed" not in result and all(
        verdict_of_all(result, name) in ("equal", "both refuse") for name, _ in variants
    )


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trees", default=os.path.join(HERE, "trees.json"))
    parser.add_argument("--clones", default=os.path.join(PROJECT, "target/trees/clones"))
    parser.add_argument("--pythons", default=os.path.join(PROJECT, "target/trees/pythons"))
    parser.add_argument("--interpreter", default="python3.11", help="what makes the environments")
    parser.add_argument("--bin", default=os.path.join(PROJECT, "target/release/taskgraph-rs"))
    parser.add_argument("--variant", action="append", help="NAME=ARGUMENTS")
    parser.add_argument("--only", action="append", help="only this tree; may be given several times")
    parser.add_argument("--setup", action="store_true")
    parser.add_argument("--keep", help="a folder for checkouts, parameters and what was written")
    parser.add_argument("--output", help="a file for the details")
    parser.add_argument("--timeout", type=int, default=300)
    options = parser.parse_args(arguments)
    options.bin = os.path.realpath(options.bin)
    variants = options.variant or ["auto=", "all in Python=--native never"]
    options.variant = [(name, shlex.split(more)) for name, _, more in (each.partition("=") for each in variants)]
    return options


def main():
    options = options_of(sys.argv[1:])
    with open(options.trees) as file:
        trees = [tree for tree in json.load(file) if not options.only or tree["name"] in options.only]
    if options.setup:
        setup(trees, options.clones, options.pythons, options.interpreter)
        return 0
    work = os.path.realpath(options.keep) if options.keep else tempfile.mkdtemp(prefix="trees-")
    results = []
    for tree in trees:
        folder = os.path.join(work, re.sub(r"\W", "-", tree["name"]))
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        try:
            result = examine(tree, options, folder)
        except (subprocess.CalledProcessError, ValueError) as error:
            said = getattr(error, "stderr", None) or str(error)
            result = {"name": tree["name"], "commit": tree["commit"], "failed": last_line(said)}
        results.append(result)
        good = "ok  " if is_good(result, options.variant) else "DIFF"
        print(good, tree["name"], result.get("failed", ""), file=sys.stderr, flush=True)
        if options.output:
            with open(options.output, "w") as file:
                json.dump(results, file, indent=1)
    if not options.keep:
        shutil.rmtree(work, ignore_errors=True)
    for row in table(results, options.variant):
        print("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")
    return 0 if all(is_good(result, options.variant) for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
