#!/usr/bin/env python3
"""Times taskgraph-rs and Python Taskgraph by turns, on trees that need core transforms alone.

    benches/compare.py                                  on made-up trees of 100, 1000 and 5000 tasks, beside Taskgraph
                                                        15.1.3 and 24.5.1: each tree pins the version beside which
                                                        taskgraph-rs runs
    benches/compare.py --tree DIR --parameters FILE     taskgraph-rs alone, on a tree that is there already
    benches/compare.py --expect                         no timing: writes tests/core_parity/*/expected anew, for
                                                        trees that pin the versions that --python has

The references come from PyPI into virtual environments below target/. Whole processes are timed, from start to exit, with
the output written to a file; which program goes first changes from round to round. Both outputs have to be equal as JSON,
or the script fails. From version 17 on, the reference makes some choices by the hashes of names: it runs once more, with
the choices of tests/differential and not timed, to be compared. From 15.2 on it starts a process for each kind; on a few
cores it is faster without them (TASKGRAPH_SERIAL), and that is what is timed.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

REFERENCE = ["taskcluster-taskgraph==15.1.3", "orjson"]
LATER_REFERENCE = ["taskcluster-taskgraph==24.5.1", "orjson"]
PROJECT = Path(__file__).resolve().parent.parent
PARITY = PROJECT / "tests" / "core_parity"
ROOT_URL = "https://tc.example.org"

# Runs in a process of its own: the peak memory of a child counts from what its parent has, so the parent has to be
# small. What is measured is never less than this process itself, about 9 MB.
MEASURE = """
import json, os, sys, time
out = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
err = os.open(sys.argv[1] + ".err", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
actions = [(os.POSIX_SPAWN_DUP2, out, 1), (os.POSIX_SPAWN_DUP2, err, 2)]
start = time.perf_counter()
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ, file_actions=actions)
_, status, usage = os.wait4(pid, 0)
busy = usage.ru_utime + usage.ru_stime
print(json.dumps([time.perf_counter() - start, usage.ru_maxrss, busy, os.waitstatus_to_exitcode(status)]))
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="how often each program runs (default: 7)")
    parser.add_argument("--sizes", default="100,1000,5000", help="tasks in the made-up trees (default: 100,1000,5000)")
    parser.add_argument("--binary", type=Path, help="taskgraph-rs (default: built as it is given away)")
    parser.add_argument(
        "--python",
        type=Path,
        action="append",
        help="a Python that has a reference; may be given several times (default: new environments for two)",
    )
    parser.add_argument("--tree", type=Path, help="time taskgraph-rs alone on this tree: a folder with taskcluster/")
    parser.add_argument("--parameters", type=Path, help="the parameters for --tree")
    parser.add_argument("--run-task-dir", type=Path, help="the files of run-task for --tree")
    parser.add_argument("--expect", action="store_true", help="write the expectations of tests/core_parity anew")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="taskgraph-compare-") as folder:
        folder = Path(folder)
        if args.expect:
            for python in args.python or [python_with_reference(None)]:
                write_expectations(python.absolute(), folder)
        elif args.tree:
            time_alone(args, folder)
        else:
            compare(args, folder)


def compare(args, folder):
    binary = (args.binary or build()).absolute()
    pythons = [python.absolute() for python in args.python or []]
    pythons = pythons or [python_with_reference(None), python_with_reference(None, LATER_REFERENCE)]
    parameters = folder / "parameters.yml"
    parameters.write_text(PARAMETERS)
    rows = []
    for size in map(int, args.sizes.split(",")):
        for python in pythons:
            top = folder / f"tree-{size}-{version_of(python)}"
            make_tree(top, size)
            (top / "taskcluster" / "requirements.txt").write_text(f"taskcluster-taskgraph=={version_of(python)}\n")
            repository(top)
            rows.append((version_of(python), *beside(python, binary, top, parameters, args.rounds)))
            print(f"{rows[-1][1]} tasks: equal to Taskgraph {rows[-1][0]}", file=sys.stderr)
    print(f"full -J, {args.rounds} rounds, medians of whole processes\n")
    print("| tasks | reference | its time | taskgraph-rs | ratio | memory of the reference | of taskgraph-rs |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for version, count, results in rows:
        (slow, slow_memory), (fast, fast_memory) = map(middle, results.values())
        print(
            f"| {count:,} | {version} | {1000 * slow:,.0f} ms | {1000 * fast:,.1f} ms | {slow / fast:.1f} "
            f"| {slow_memory / 1024:.0f} MB | {fast_memory / 1024:.0f} MB |"
        )


def beside(python, binary, top, parameters, rounds):
    """Runs both programs by turns: how many tasks both make, and the times and the memory of each program."""
    command = ["full", "-J", "-p", str(parameters)]
    programs = {
        "reference": [str(python.parent / "taskgraph"), *command],
        "taskgraph-rs": [str(binary), *command, "--run-task-dir", str(package(python) / "run-task")],
    }
    results = {name: [] for name in programs}
    for number in range(rounds + 1):
        names = list(programs) if number % 2 else list(reversed(programs))
        for name in names:
            seconds, memory, _ = measure(programs[name], top, top.parent / name, **FIXED)
            # The first round fills the caches of the machine and is not counted.
            if number:
                results[name].append((seconds, memory))
    if choices(python):
        paths = str(PROJECT / "tests" / "differential")
        chosen = [str(python), "-c", main_of_reference(python), *command]
        measure(chosen, top, top.parent / "reference", PYTHONPATH=paths, PYTHONDONTWRITEBYTECODE="1", **FIXED)
    outputs = [json.loads((top.parent / name).read_bytes()) for name in programs]
    if outputs[0] != outputs[1]:
        sys.exit(f"the outputs differ for {top.name}: {first_difference(*outputs)}")
    return len(outputs[0]), results


# What both programs find in their environment: the hashes of names, and one process for all kinds.
FIXED = {"PYTHONHASHSEED": "0", "TASKGRAPH_SERIAL": "1"}


def choices(python):
    """Whether the reference makes some choices by the hashes of names."""
    return int(version_of(python).split(".")[0]) >= 17


def main_of_reference(python):
    """The program of the reference, which chooses as the differential tests do."""
    chosen = "import reference; reference.leave_nothing_to_chance(); " if choices(python) else ""
    return f"import sys; {chosen}from taskgraph.main import main; sys.exit(main())"


def time_alone(args, folder):
    binary = (args.binary or build()).absolute()
    top = folder / "tree"
    shutil.copytree(args.tree, top, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    repository(top)
    command = [str(binary), "full", "-J"]
    if args.parameters:
        command += ["-p", str(args.parameters.resolve())]
    if args.run_task_dir:
        command += ["--run-task-dir", str(args.run_task_dir.resolve())]
    results = [measure(command, top, folder / "out") for _ in range(args.rounds + 1)][1:]
    count = len(json.loads((folder / "out").read_bytes()))
    seconds, memory, _ = middle(results)
    print(f"{count:,} tasks: {1000 * seconds:.1f} ms, {memory / 1024:.0f} MB (median of {args.rounds})")


def middle(results):
    """The median of each: time, peak memory, time of all cores."""
    return [statistics.median(column) for column in zip(*results)]


def measure(command, cwd, output, timeout=None, **more):
    helper = [sys.executable, "-I", "-S", "-c", MEASURE, str(output), *command]
    done = subprocess.run(helper, cwd=cwd, env=environment(**more), stdout=subprocess.PIPE, check=True, timeout=timeout)
    seconds, memory, busy, status = json.loads(done.stdout)
    if status:
        sys.exit(f"{' '.join(command)} failed:\n" + Path(f"{output}.err").read_text()[-3000:])
    return seconds, memory, busy


def environment(**more):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "TASKCLUSTER_ROOT_URL": ROOT_URL, **more}


def first_difference(one, other):
    for label in sorted(one.keys() | other.keys()):
        if one.get(label) != other.get(label):
            return label


def build():
    subprocess.run(["cargo", "build", "--profile", "dist", "--locked", "--quiet"], cwd=PROJECT, check=True)
    return target() / "dist" / "taskgraph-rs"


def target():
    return Path(os.environ.get("CARGO_TARGET_DIR", PROJECT / "target")).resolve()


def python_with_reference(given, packages=REFERENCE):
    if given:
        return given.absolute()
    folder = target() / ("compare-venv" if packages == REFERENCE else f"compare-venv-{packages[0].rpartition('=')[2]}")
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)
    return python


def package(python):
    """Returns the folder in which the reference is installed."""
    code = "import importlib.util as u; print(u.find_spec('taskgraph').submodule_search_locations[0])"
    return Path(subprocess.run([str(python), "-c", code], stdout=subprocess.PIPE, check=True, text=True).stdout.strip())


def version_of(python):
    """The version of the reference."""
    code = "import importlib.metadata as m; print(m.version('taskcluster-taskgraph'))"
    return subprocess.run([str(python), "-c", code], stdout=subprocess.PIPE, check=True, text=True).stdout.strip()


def versions_of(python):
    """The packages of its environment, as one pins them."""
    code = "import importlib.metadata as m; print(*(f\"{d.metadata['Name']}=={d.version}\" for d in m.distributions()))"
    return set(subprocess.run([str(python), "-c", code], stdout=subprocess.PIPE, check=True, text=True).stdout.split())


def repository(top):
    def git(*arguments):
        identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", str(top), *identity, *arguments], check=True, stdout=subprocess.DEVNULL)

    git("-c", "init.defaultBranch=main", "init", "--quiet")
    git("add", "--all", "--force", ".")
    git("commit", "--quiet", "--message", "tree")
    git("remote", "add", "origin", "https://github.com/example/tree")
    # As in a clone: git reads one pack sooner than hundreds of files.
    git("repack", "-a", "-d", "--quiet")


def write_expectations(python, folder):
    """Lets the reference compute the full graphs of the trees in tests/core_parity, with stand-ins for run-task."""
    os.umask(0o022)
    site = folder / f"site-{version_of(python)}"
    copy = site / "taskgraph"
    shutil.copytree(package(python), copy)
    for file in (PARITY / "run-task").iterdir():
        shutil.copy(file, copy / "run-task" / file.name)
    paths = os.pathsep.join([str(site), str(PROJECT / "tests" / "differential")])
    env = environment(PYTHONPATH=paths, PYTHONDONTWRITEBYTECODE="1", **FIXED)
    installed, code = versions_of(python), main_of_reference(python)
    for case in sorted(path.parent for path in PARITY.glob("*/tree")):
        pin = case / "tree" / "taskcluster" / "requirements.txt"
        wanted = pin.read_text().split() if pin.exists() else REFERENCE[:1]
        if not installed.issuperset(wanted):
            continue
        top = folder / case.name
        shutil.copytree(case / "tree", top)
        repository(top)
        for parameters in sorted((case / "parameters").glob("*.yml")):
            command = [str(python), "-c", code, "full", "-J", "-p", str(parameters)]
            done = subprocess.run(command, cwd=top, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            if done.returncode:
                sys.exit(done.stderr.decode()[-3000:])
            graph = json.loads(done.stdout)
            lines = [
                f"{json.dumps(label)}: {json.dumps(task, sort_keys=True, ensure_ascii=False, separators=(',', ':'))}"
                for label, task in sorted(graph.items())
            ]
            written = case / "expected" / f"{parameters.stem}.json"
            written.parent.mkdir(exist_ok=True)
            written.write_text("{\n" + ",\n".join(lines) + "\n}\n")
            print(f"{written.relative_to(PROJECT)}: {len(graph)} tasks")


PARAMETERS = """\
base_ref: main
base_repository: https://github.com/example/tree
base_rev: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
build_date: 1700603004
build_number: 1
do_not_optimize: []
enable_always_target: true
existing_tasks: {}
files_changed: []
filters: [target_tasks_method]
head_ref: refs/heads/main
head_repository: https://github.com/example/tree
head_rev: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
head_tag: ''
level: '3'
moz_build_date: '20231121214324'
next_version: null
optimize_strategies: null
optimize_target_tasks: true
owner: nobody@example.org
project: tree
pushdate: 0
pushlog_id: '0'
repository_type: git
target_tasks_method: default
tasks_for: github-push
version: null
"""

CONFIG = """\
trust-domain: made-up
task-priority: {by-project: {tree: medium, default: low}}
taskgraph:
    repositories: {ci: {name: Made up}}
    run: {use-caches: [checkout, pip]}
index: {products: [app]}
treeherder: {group-names: {B: Builds, T: Tests, Fetch: Fetches, TL: Toolchains, I: Images}}
workers:
    aliases:
        images: {provisioner: "{trust-domain}-{level}", implementation: docker-worker, os: linux, worker-type: images}
        linux.*:
            provisioner: {by-level: {"3": made-up-3, default: made-up-1}}
            implementation: docker-worker
            os: linux
            worker-type: "{alias}"
        win: {provisioner: made-up-t, implementation: generic-worker, os: windows, worker-type: win}
        mac: {provisioner: made-up-t, implementation: generic-worker, os: macosx, worker-type: mac}
"""

IMAGES = """\
loader: taskgraph.loader.transform:loader
transforms:
    - taskgraph.transforms.docker_image:transforms
    - taskgraph.transforms.cached_tasks:transforms
    - taskgraph.transforms.task:transforms
tasks:
    base: {symbol: I(base)}
    fetch: {symbol: I(fetch)}
    toolchain-build: {symbol: I(tb), parent: base}
    linux: {symbol: I(linux), parent: base, args: {VERSION: "12"}}
"""

DOCKERFILES = {
    "base": "FROM debian\n# %include-run-task\n# %include src\n",
    "fetch": "FROM debian\n# %include-run-task\nVOLUME /builds/worker/.task-cache/pip\n",
    "toolchain-build": "FROM $PARENT\nVOLUME /builds/worker/checkouts /builds/worker/.task-cache/pip\n",
    "linux": "# %ARG VERSION\nFROM $PARENT:$VERSION\nVOLUME /builds/worker/checkouts\n"
    "VOLUME /builds/worker/.task-cache/pip\n",
}

TASK_TRANSFORMS = """\
loader: taskgraph.loader.transform:loader
kind-dependencies: [{dependencies}]
transforms:
    - taskgraph.transforms.{first}:transforms
    - taskgraph.transforms.{second}:transforms
    - taskgraph.transforms.task:transforms
"""

FETCH = """\
    thing-{n}:
        description: Fetches thing {n}
        fetch:
            type: static-url
            url: https://example.org/thing-{n}.tar.gz
            sha256: "{n:064x}"
            size: {n}
            strip-components: 1
"""

TOOLCHAIN = """\
    tool-{n}:
        description: Builds tool {n}
        worker-type: linux-large
        treeherder: {{symbol: TL(tool-{n}), platform: toolchains/opt, kind: build, tier: 1}}
        worker: {{max-run-time: 3600, env: {{TOOL: "{n}"}}}}
        fetches: {{fetch: [thing-{fetch}]}}
        run:
            using: toolchain-script
            script: build.sh
            arguments: ["--number", "{n}"]
            resources: [src/*.c, src/file-{file}.txt]
            toolchain-artifact: public/build/tool-{n}.tar.zst
"""

BUILD = """\
kind-dependencies: [toolchain, fetch, docker-image]
transforms:
    - taskgraph.transforms.matrix
    - taskgraph.transforms.chunking
    - taskgraph.transforms.task_context
task-defaults:
    description: "Builds {name} for {owner}"
    worker-type: linux-large
    attributes: {platform: "{matrix[os]}"}
    task-context:
        from-parameters: {owner: owner, rev: [nothing.here, head_rev]}
        from-object: {threads: 8}
        substitution-fields: [description, worker.env, run.command]
    matrix:
        os: [linux, mac]
        mode: [debug, opt]
        substitution-fields: [name, attributes, treeherder]
    chunk: {total-chunks: 5, substitution-fields: [name, treeherder.symbol, run.command]}
    treeherder: {symbol: "B(b-{{this_chunk}})", tier: 2}
    when: {files-changed: ["src/**"]}
    worker:
        docker-image: {in-tree: linux}
        max-run-time: 5400
        env: {REV: "{rev}", LANG: C.UTF-8}
        artifacts: [{type: directory, name: public/build, path: /builds/worker/artifacts}]
    run: {using: run-task, cwd: "{checkout}", command: "make -j{{threads}} part={this_chunk}/{total_chunks}"}
tasks:
"""

BUILD_STUB = """\
    app-{n}-{{{{this_chunk}}}}:
        attributes: {{suite: suite-{n}}}
        treeherder: {{platform: "{{matrix[os]}}-{n}/{{matrix[mode]}}"}}
        fetches: {{toolchain: [tool-{tool}], fetch: [{{artifact: thing-{fetch}, dest: things}}]}}
"""

TEST = """\
kind-dependencies: [build]
transforms: [taskgraph.transforms.from_deps]
tasks:
    all:
        description: Tests
        from-deps:
            copy-attributes: true
            unique-kinds: false
            fetches: {build: [{artifact: "app-{platform}.tar.zst"}, {artifact: tests.zip, dest: tests}]}
        worker-type: linux
        worker: {docker-image: {in-tree: linux}, max-run-time: 1800, retry-exit-status: [4]}
        run: {using: run-task, command: make test}
"""

REPORT = """\
kind-dependencies: [test]
transforms: [taskgraph.transforms.from_deps]
tasks:
    suite:
        description: Reports on a suite
        from-deps: {group-by: {attribute: suite}, unique-kinds: false}
        worker-type: images
        worker: {docker-image: {in-tree: fetch}, max-run-time: 60}
        run: {using: run-task, checkout: false, command: [report]}
"""

HOST = """\
    machine-{n}:
        description: Runs on machine {n}
        worker-type: {worker}
        worker: {{max-run-time: 600, env: {{NUMBER: "{n}"}}}}
        run: {{using: run-task, command: "check {n}", cwd: "{{checkout}}"}}
"""

TASKS_OF_A_BUILD_STUB = 20


def make_tree(top, size):
    """Writes a tree of `size` tasks: images, fetches, toolchains, builds, a test for each build, reports, hosts."""
    fetches, toolchains = max(2, size // 50), max(2, size // 20)
    stubs = max(1, (size * 8 // 10) // (2 * TASKS_OF_A_BUILD_STUB + 1))
    hosts = size - 4 - fetches - toolchains - stubs * (2 * TASKS_OF_A_BUILD_STUB + 1)
    core = TASK_TRANSFORMS.format
    kinds = {
        "docker-image": IMAGES,
        "fetch": core(dependencies="docker-image", first="fetch", second="run")
        + "tasks:\n"
        + "".join(FETCH.format(n=n) for n in range(1, fetches + 1)),
        "toolchain": core(dependencies="docker-image, fetch", first="run", second="cached_tasks")
        + "tasks:\n"
        + "".join(TOOLCHAIN.format(n=n, fetch=n % fetches + 1, file=n % 50) for n in range(1, toolchains + 1)),
        "build": BUILD
        + "".join(BUILD_STUB.format(n=n, tool=n % toolchains + 1, fetch=n % fetches + 1) for n in range(1, stubs + 1)),
        "test": TEST,
        "report": REPORT,
        "host": "tasks:\n" + "".join(HOST.format(n=n, worker=["win", "mac"][n % 2]) for n in range(1, hosts + 1)),
    }
    files = {f"taskcluster/kinds/{kind}/kind.yml": text for kind, text in kinds.items()}
    files |= {f"taskcluster/docker/{image}/Dockerfile": text for image, text in DOCKERFILES.items()}
    files |= {f"src/file-{n}.txt": f"{n}\n" * 20 for n in range(50)}
    files |= {
        "src/main.c": "int main;\n",
        "taskcluster/config.yml": CONFIG,
        "taskcluster/scripts/toolchain/build.sh": "make\n",
    }
    for path, text in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text)


if __name__ == "__main__":
    main()
