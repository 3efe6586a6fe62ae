"""Compares commits, one after the other, and keeps what came out."""

import hashlib
import json
import tempfile
from pathlib import Path

import yaml
from checkout import Checkout
from compare import Ours, compare, first
from configs import BASE, Config, of_commit, wrong
from modules import keys, meaning

CI, PRODUCTION = "taskcluster/configs/config.ci.yml", "taskcluster/configs/config.prod.yml"
EVALUATION = [f"taskcluster/configs/{name}.yml" for name in ("eval.ci", "eval")]
OPTIONS = [
    *("base_repository", "base_ref", "head_repository", "head_ref", "head_tag", "project", "pushlog_id", "owner"),
    *("level", "repository_type"),
]
DECISIONS = [("github-push", "train-target-tasks"), ("cron", "train-target-tasks"), ("cron", "default")]
# What is compared for a commit whose Python was compared already.
BRIEF = ("default", "several", "pull-request", "pretrained-use", "models-use")
PARAMETERS = "taskcluster/translations_taskgraph/parameters.py"


class Survey:
    """Results by what a commit's graphs follow from, and by the version of Taskgraph."""

    def __init__(self, cache, binary, known):
        """`known`: the keys that some parameters.py has, with a value that fits."""
        self.known = known
        self.fitting = {".".join(path): value for path, value in known}
        self.cache = Path(cache)
        (self.cache / "answers").mkdir(parents=True, exist_ok=True)
        (self.cache / "results").mkdir(exist_ok=True)
        scripts = [Path(__file__).with_name(name) for name in ("compare.py", "configs.py", "reference.py")]
        own = [*(meaning(file.read_bytes()) for file in scripts), hashlib.sha256(Path(binary).read_bytes()).hexdigest()]
        self.identity = hashlib.sha256("".join(own).encode()).hexdigest()[:16]
        self.folder = tempfile.TemporaryDirectory(prefix="taskgraph-known-")
        self.top = Path(self.folder.name) / "tree"
        self.checkout = Checkout(self.top)
        self.ours = Ours(binary, Path(self.folder.name))

    def result(self, clone, commit, reference, brief):
        """Returns what was equal at a commit with a version, by config: all of them, or some if `brief`."""
        key = clone.key(commit)
        name = self.named(clone, commit, reference, brief)
        return self.kept(name, lambda: self.compare(clone, commit, key, reference, brief))

    def has(self, clone, commit, reference, brief):
        """Whether that is known."""
        return self.place(self.named(clone, commit, reference, brief)).exists()

    def named(self, clone, commit, reference, brief):
        return [clone.key(commit), reference.version, reference.mozilla, *(["brief"] if brief else [])]

    def compare(self, clone, commit, key, reference, brief):
        def prepare():
            self.checkout.move(clone, commit)

        files = clone.files(commit, "taskcluster")
        files = {path: file for path, file in files.items() if path in (CI, PRODUCTION, PARAMETERS, *EVALUATION)}
        texts = clone.blobs([blob for _, blob in files.values()])
        read = {path: yaml.safe_load(texts[blob]) for path, (_, blob) in files.items() if path.endswith(".yml")}
        default, production = read[CI], read.get(PRODUCTION)
        evaluation = next((read[path] for path in EVALUATION if path in read), None)
        out = {}
        schema = texts[files[PARAMETERS][1]].decode()
        for config in of_commit(default, production, evaluation, schema):
            if brief and config.name not in BRIEF:
                continue
            out[config.name] = compare(
                reference, self.ours, key, prepare, self.top, config, default, self.fitting
            )
            out[config.name]["apart"] = config.apart
        return out

    def parameters(self, clone, commit, reference):
        """Wrong parameters, and parameters that some other commit takes: what the programs disagree about."""
        files = clone.files(commit, "taskcluster")
        default = yaml.safe_load(clone.blobs([files[CI][1]])[files[CI][1]])
        layout = "taskcluster/kinds/continuation-model/kind.yml" in files

        def run():
            self.checkout.move(clone, commit)
            cases = [("nothing", None), ("the default", default), *wrong(default, self.known)]
            cases = [(name, Config(name, config).parameters) for name, config in cases]
            said = reference.check(self.top, self.ours.folder, [parameters for _, parameters in cases])
            refused = self.ours.check(self.top, reference.run_task, [parameters for _, parameters in cases])
            out = {"cases": len(cases), "refused": len(refused), "differ": []}
            for number, ((name, _), theirs) in enumerate(zip(cases, said)):
                if (theirs is not None) != (number in refused):
                    out["differ"].append([name, theirs, refused.get(number)])
            return out

        name = ["parameters", files[PARAMETERS], layout, files[CI], reference.version, str(self.known)]
        return self.kept(name, run)

    def conflict(self, clone, commit, reference):
        """Whether both programs refuse uploads that would overwrite each other. Nothing where there are none."""
        key = clone.key(commit)

        def spoil():
            """Every upload goes to the same folder."""
            changed = 0
            for file in sorted((self.top / "taskcluster/kinds").glob("upload-*/kind.yml")):
                text = file.read_text()
                changed += text.count("/{step_dir}/")
                file.write_text(text.replace("/{step_dir}/", "/"))
            return changed

        def run():
            self.checkout.move(clone, commit)
            if not spoil():
                return None
            at = self.ours.folder / "conflict.json"
            at.write_text(json.dumps(BASE))
            question = {"top": str(self.top), "parameters": str(at), "given": BASE, "spoiled": True}
            theirs = reference.ask(key, lambda: None, question)
            made = self.ours.run(self.top, reference.run_task, "full", at, "-L")
            said = theirs.get("refused", {}).get("error", "")
            return ["conflict for upload destination" in said, isinstance(made, str), said[:300], str(made)[:300]]

        try:
            files = clone.files(commit, "taskcluster")
            named = [name for name in files if name.endswith(("/verifications.py", "/worker_types.py"))]
            return self.kept(["conflict", *(files[name] for name in sorted(named)), reference.version], run)
        finally:
            self.checkout.undo()

    def decisions(self, clone, commit, reference):
        """Returns the differences of the training configs of decisions."""
        key = clone.key(commit)

        def run():
            self.checkout.move(clone, commit)
            out = []
            for tasks_for, method in DECISIONS:
                options = {name: BASE[name] for name in OPTIONS if name in BASE}
                options |= {"tasks_for": tasks_for, "base_rev": "HEAD", "head_rev": self.checkout.head()}
                options |= {"base_rev": options["head_rev"], "pushdate": 1700603004, "target_tasks_method": method}
                question = {"top": str(self.top), "decision": options}
                theirs = reference.ask(key, lambda: None, question)
                made = self.ours.decision(self.top, reference.run_task, options)
                if "decision" not in theirs or isinstance(made, str):
                    out.append(f"{tasks_for}: {str(theirs)[:300]} became {str(made)[:300]}")
                    continue
                one = theirs["decision"]
                if isinstance(one.get("training_config"), dict):
                    names = ["training_config", "target_tasks_method", "tasks_for"]
                    one, made = ({name: both.get(name) for name in names} for both in (one, made))
                if one != made:
                    out.append(f"{tasks_for}: {first(one, made)}")
            return out

        files = clone.files(commit, "taskcluster")
        return self.kept(["decision", files[PARAMETERS], files[CI], files["taskcluster/config.yml"], reference.version], run)

    def place(self, name):
        text = json.dumps([*name, self.identity])
        return self.cache / "results" / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json"

    def kept(self, name, run):
        file = self.place(name)
        if not file.exists():
            file.write_text(json.dumps(run()))
        return json.loads(file.read_text())


def known_keys(texts):
    """The keys of all versions of parameters.py, and a value that fits each."""
    found = {}
    for text in texts:
        for path, value in keys(text):
            found.setdefault(path, value)
    return sorted(found.items())
