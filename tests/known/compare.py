"""Asks both programs the same, and says what was equal."""

import copy
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import yaml
from modules import meaning

ROOT_URL = "https://firefox-ci-tc.services.mozilla.com"
PREFIXES = ("TASK_", "TASKCLUSTER", "TASKGRAPH", "MOZ_AUTOMATION", "PYTHON", "GIT_")


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIXES)}
    fixed = {"TASKCLUSTER_ROOT_URL": ROOT_URL, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}
    return kept | fixed | more


class Reference:
    """A process that answers for one version of Taskgraph. What it answered is kept in a folder."""

    def __init__(self, python, cache):
        self.python, self.cache = Path(python), cache
        code = (
            "import json, taskgraph, importlib.metadata as m\n"
            "v = lambda n: next((d.version for d in m.distributions() if d.metadata['Name'] == n), None)\n"
            "print(json.dumps([v('taskcluster-taskgraph'), v('mozilla-taskgraph'), taskgraph.__path__[0]]))"
        )
        reported = subprocess.run([str(python), "-c", code], check=True, capture_output=True, text=True).stdout
        self.version, self.mozilla, package = json.loads(reported)
        self.run_task = Path(package) / "run-task"
        self.child = None
        self.script = meaning(Path(__file__).with_name("reference.py").read_bytes())[:12]

    def ask(self, key, prepare, question):
        """The answer for a checkout that `prepare` makes, called only if it is not known yet."""
        text = json.dumps([key, self.version, self.mozilla, self.script, {**question, "top": ""}], sort_keys=True)
        file = self.cache / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json.gz"
        if file.exists():
            return json.loads(gzip.decompress(file.read_bytes()))
        prepare()
        if self.child is None or self.child.poll() is not None:
            self.child = subprocess.Popen(
                [str(self.python), str(Path(__file__).with_name("reference.py"))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env=environment(),
            )
        self.child.stdin.write(json.dumps(question | {"checkout": key}) + "\n")
        self.child.stdin.flush()
        answer = self.child.stdout.readline()
        if not answer:
            raise SystemExit(f"the reference {self.version} has died")
        file.write_bytes(gzip.compress(answer.encode(), 3))
        return json.loads(answer)

    def check(self, top, folder, parameters):
        """Returns the messages about parameters, one by one; None for those that are accepted."""
        question = json.dumps({"top": str(top), "folder": str(folder), "parameters": parameters})
        script = Path(__file__).with_name("checks.py")
        command = [str(self.python), str(script)]
        done = subprocess.run(command, input=question, check=True, capture_output=True, text=True, env=environment())
        return json.loads(done.stdout)

    def close(self):
        if self.child:
            self.child.stdin.close()
            self.child.wait()


class Ours:
    def __init__(self, binary, folder):
        self.binary, self.folder = Path(binary).resolve(), folder

    def run(self, top, run_task, command, parameters, *flags):
        """The JSON that a command prints, or what it says where it refuses."""
        line = [str(self.binary), command, "-p", str(parameters), *flags]
        line += [] if command == "actions" else ["-q", "--run-task-dir", str(run_task)]
        done = subprocess.run(line, cwd=top, env=environment(), capture_output=True, timeout=120)
        if done.returncode not in (0, 2):
            raise SystemExit(f"{' '.join(line)}: exit status {done.returncode}: {done.stderr.decode()[:2000]}")
        if done.returncode:
            return done.stderr.decode()
        out = done.stdout.decode()
        return out.split() if "-L" in flags else json.loads(out[out.index("{") :])


    def check(self, top, run_task, parameters):
        """Returns the messages about refused parameters, by their place in the list."""
        folder = self.folder / "checked"
        folder.mkdir(exist_ok=True)
        for number, one in enumerate(parameters):
            (folder / f"{number}.json").write_text(json.dumps(one))
        refused, left = {}, set(range(len(parameters)))
        while True:
            line = [str(self.binary), "full", "-L", "-q", "-k", "fetch", "--run-task-dir", str(run_task)]
            line += [part for number in sorted(left) for part in ("-p", str(folder / f"{number}.json"))]
            line += ["-o", str(folder / "{params}.txt")]
            done = subprocess.run(line, cwd=top, env=environment(), capture_output=True, timeout=600)
            reported = done.stderr.decode()
            # Everything that is wrong is reported at once, and with its place.
            for problem in reported.split("\nerror: "):
                found = re.search(rf"{re.escape(str(folder))}/(\d+)\.json:", problem)
                if found:
                    refused.setdefault(int(found[1]), problem[:300])
            if done.returncode == 0:
                return refused
            if not left & refused.keys():
                raise SystemExit(f"parameters are refused without a place: {reported[:2000]}")
            left -= refused.keys()

    def decision(self, top, run_task, options):
        """The parameters of a decision that creates nothing, or what is said where it is refused."""
        artifacts = self.folder / "artifacts"
        shutil.rmtree(artifacts, ignore_errors=True)
        line = [str(self.binary), "decision", "--dry-run", "--offline", "--run-task-dir", str(run_task)]
        line += ["--artifacts-dir", str(artifacts), "--contexts-dir", str(self.folder / "contexts")]
        line += [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        task = environment(TASK_ID="fN1SbArXTPSVFUUvaOlinQ")
        done = subprocess.run(line, cwd=top, env=task, capture_output=True, timeout=120)
        if done.returncode:
            return done.stderr.decode()[-1000:]
        return yaml.safe_load((artifacts / "parameters.yml").read_text())


def by_kind(graph):
    kinds = {}
    for label, task in graph.items():
        kinds.setdefault(task["kind"], {})[label] = task
    return kinds


def first(one, other, path=""):
    """The first place at which two values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            if one.get(key) != other.get(key) or (key in one) != (key in other):
                return first(one.get(key), other.get(key), f"{path}/{key}")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other)):
            if pair[0] != pair[1]:
                return first(*pair, f"{path}[{index}]")
    return f"{path}: {json.dumps(one)[:150]} became {json.dumps(other)[:150]}"


def morphed(graph):
    """The graph with labels in the place of ids that were made for it."""
    text = json.dumps(graph)
    for taskid in sorted(graph):
        text = text.replace(taskid, f"id of {json.dumps(graph[taskid]['label'])[1:-1]}")
    return ordered(json.loads(text))


def ordered(value):
    match value:
        case dict():
            return {
                key: sorted(inner) if key == "dependencies" and isinstance(inner, list) else ordered(inner)
                for key, inner in value.items()
            }
        case list():
            return [ordered(item) for item in value]
    return value


def compare(reference, ours, key, prepare, top, config, default, fitting):
    """Returns what was equal for a config: {"refused": …} or {"kinds": {KIND: [TASKS, DIFFERENCE]}, …}.

    Where the program misses a key that the reference does not know, both get it, so that something can be said of the
    rest. `fitting` has a value for each path; "added" names those that were."""
    added, tried = [], compare_once(reference, ours, key, prepare, top, config)
    while tried.get("refused", {}).get("by") == "ours":
        missing = [path for path in missing_keys(tried["refused"]["ours"]) if path in fitting and path not in added]
        if not missing:
            break
        training = copy.deepcopy(config.parameters.get("training_config", default))
        for path in missing:
            *above, last = path.split(".")
            at = training
            for part in above:
                at = at.setdefault(part, {})
            at.setdefault(last, fitting[path])
        added += missing
        config = copy.copy(config)
        config.parameters = config.parameters | {"training_config": training}
        tried = compare_once(reference, ours, key, prepare, top, config)
    return tried | {"added": added}


def missing_keys(reported):
    """The paths of the keys that the program misses, as its messages have them."""
    found = re.findall(r"missing key `[^`]+`.*?note: at ([\w.-]+)", reported, re.DOTALL)
    return [path.removeprefix("training_config.") for path in found]


def compare_once(reference, ours, key, prepare, top, config):
    file = ours.folder / "parameters.json"
    text = json.dumps(config.parameters)
    question = {"top": str(top), "parameters": str(file), "urls": config.urls, "given": config.parameters}
    question |= config.asks

    def ready():
        prepare()
        file.write_text(text)

    theirs = reference.ask(key, ready, question)
    ready()
    urls = ours.folder / "urls.json"
    urls.write_text(json.dumps(config.urls))
    known = ["--known-urls", str(urls)]
    full = ours.run(top, reference.run_task, "full", file, "-J", *known)
    out = {"entered": theirs.get("entered", {}), "imported": theirs.get("imported", [])}
    if "full" not in theirs:
        refused = theirs["refused"]
        out["refused"] = {"by": "both" if isinstance(full, str) else "reference", "reference": refused}
        out["refused"]["ours"] = full[:1500] if isinstance(full, str) else ""
        return out
    if isinstance(full, str):
        out["refused"] = {"by": "ours", "ours": full[:3000], "reference": None}
        return out
    one, other = by_kind(theirs["full"]), by_kind(full)
    out["tasks"] = len(theirs["full"])
    out["kinds"] = {}
    for kind in sorted(one.keys() | other.keys()):
        tasks, made = one.get(kind, {}), other.get(kind, {})
        differing = sum(tasks.get(label) != made.get(label) for label in tasks.keys() | made.keys())
        difference = None if tasks == made else f"{differing} of {len(tasks)}: {first(tasks, made)}"
        out["kinds"][kind] = [len(tasks), difference]
    out["targets"] = {}
    for method, labels in theirs["targets"].items():
        changed = ours.folder / "method.json"
        changed.write_text(json.dumps(config.parameters | {"target_tasks_method": method}))
        made = ours.run(top, reference.run_task, "target", changed, "-L", *known)
        same = sorted(made) == labels if isinstance(made, list) and isinstance(labels, list) else None
        if isinstance(made, str) and isinstance(labels, str):
            same = "refused"
        out["targets"][method] = [same, len(labels), "" if same else f"{str(labels)[:200]} became {str(made)[:200]}"]
    if "actions" in theirs:
        made = ours.run(top, reference.run_task, "actions", file)
        same = made == theirs["actions"]
        out["actions"] = [same, "" if same else first(theirs["actions"], made) if isinstance(made, dict) else made[:500]]
    if "morphed" in theirs:
        found = ours.folder / "found.json"
        found.write_text(json.dumps(theirs["found"]))
        made = ours.run(top, reference.run_task, "morphed", file, "-J", "--found", str(found), *known)
        if isinstance(made, str):
            out["morphed"] = [False, made[:500]]
        else:
            one, other = morphed(theirs["morphed"]), morphed(made)
            out["morphed"] = [one == other, "" if one == other else first(one, other)]
    elif "refused" in theirs:
        out["morphed"] = [None, str(theirs["refused"])[:500]]
    return out
