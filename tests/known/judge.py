"""Judges which objects of a commit's Python the program's native parts equal, and why not the others."""

import ast
import re
from pathlib import Path

import yaml
from modules import Modules

PACKAGE = "translations_taskgraph"
REGISTER = f"{PACKAGE}:register"
DECISION = f"{PACKAGE}.parameters:get_decision_parameters"
# A commit is held by at least so many configs that both programs take.
CONFIGS = 3

# Where the program refuses a config that the reference takes: see docs/parity.md.
ON_PURPOSE = "cannot start from a pretrained model"

# The kinds of which a config says nothing that has a model which is trained further: the program evaluates such a model on
# purpose, and the reference does not.
EVALUATION = ("evaluate", "upload-artifacts", "all")

# What a module brings in: by the function of Taskgraph that it calls.
ROLES = {
    "extend_parameters_schema": "parameters",
    "register_target_task": "target-methods",
    "payload_builder": "payloads",
    "register_callback_action": "actions",
    "verifications": "verifications",
}


def native(source):
    """The objects of the tree that the program registers."""
    text = Path(source).read_text()
    return sorted(set(re.findall(rf'"({PACKAGE}[^"]*)"', text)) - {REGISTER})


def functions(text, sequence):
    """The functions of a module that a transform sequence calls."""
    out = []
    for node in ast.walk(ast.parse(text)):
        for decorator in getattr(node, "decorator_list", []):
            if isinstance(decorator, ast.Attribute) and decorator.attr == "add":
                if getattr(decorator.value, "id", "") == sequence:
                    out.append(node.name)
    return out


def role(text):
    """Returns the purpose of a module; None if it registers nothing."""
    for node in ast.walk(ast.parse(text)):
        for decorator in getattr(node, "decorator_list", []):
            call = decorator.func if isinstance(decorator, ast.Call) else decorator
            name = getattr(call, "id", "") or getattr(getattr(call, "value", None), "id", "")
            if name in ROLES:
                return ROLES[name]
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ROLES:
            return ROLES[node.func.id]
    return None


class Commit:
    """One commit, seen with one version of Taskgraph."""

    def __init__(self, clone, commit, date, reference, result):
        self.clone, self.commit, self.date, self.reference, self.result = clone, commit, date, reference, result
        files = clone.files(commit, "taskcluster")
        below = f"taskcluster/{PACKAGE}/"
        self.files = {path.removeprefix("taskcluster/"): blob for path, (_, blob) in files.items() if path.endswith(".py")}
        self.files = {path: blob for path, blob in self.files.items() if f"taskcluster/{path}".startswith(below)}
        kinds = {path: blob for path, (_, blob) in files.items() if path.endswith("/kind.yml")}
        texts = clone.blobs(sorted({*self.files.values(), *kinds.values()}))
        self.modules = Modules({path: texts[blob] for path, blob in self.files.items()})
        self.kinds = {path.split("/")[-2]: yaml.safe_load(texts[blob]) for path, blob in kinds.items()}
        self.configs = {name: reported for name, reported in result.items() if "kinds" in reported}
        self.refused = {name: reported["refused"] for name, reported in result.items() if "refused" in reported}

    def outcome(self, kind):
        """(tasks, first difference) of a kind, over all configs that say something of it."""
        tasks, difference = 0, None
        for name, reported in self.configs.items():
            count, found = reported["kinds"].get(kind, [0, None])
            if reported["apart"] and kind.startswith(EVALUATION):
                continue
            if found:
                difference = difference or f"{name}: {found}"
            tasks += count
        for name, refused in self.refused.items():
            if refused["by"] == "ours" and f"kinds/{kind}/" in refused["ours"]:
                difference = difference or f"{name}: refused: {refused['ours'][:200]}"
        return tasks, difference

    def upstream(self, kind, seen=None):
        seen = set() if seen is None else seen
        for name in [*self.kinds[kind].get("kind-dependencies", []), "docker-image"]:
            if name in self.kinds and name not in seen:
                seen.add(name)
                self.upstream(name, seen)
        return seen

    def objects(self, kind):
        """The objects of the tree that a kind names."""
        named = [self.kinds[kind].get("loader", ""), *self.kinds[kind].get("transforms", [])]
        return [name.removesuffix(":transforms") for name in named if name.startswith(f"{PACKAGE}.")]

    def entered(self, kind):
        """The functions of the tree that were run to make the tasks of a kind."""
        found = set()
        for reported in self.configs.values():
            if reported["kinds"].get(kind, [0])[0]:
                found.update(reported["entered"].get(kind, []))
        return found

    def is_equal(self):
        """Whether all graphs that were compared are equal, and enough were."""
        return len(self.configs) >= CONFIGS and not self.differences() and not self.added()

    def has_equal_actions(self):
        return all(reported["actions"][0] for reported in self.configs.values() if "actions" in reported)

    def added(self):
        return sorted({path for reported in self.configs.values() for path in reported["added"]})

    def differences(self):
        out = [f"{kind}: {found}" for kind in sorted(self.kinds) if (found := self.outcome(kind)[1])]
        out += [f"{name}: refused by {reported['by']}" for name, reported in self.refused.items() if reported["by"] != "both"]
        for name, reported in self.configs.items():
            if reported.get("morphed") and reported["morphed"][0] is False and not reported["apart"] and self.has_equal_actions():
                out.append(f"{name}: morphed: {reported['morphed'][1]}")
            out += [f"{name}: {method}: {found[2]}" for method, found in reported["targets"].items() if not found[0]]
        return out

    # What is held, or why not.

    def transform(self, name):
        """None if a transform was held equal, else why not."""
        module, _, sequence = name.partition(":")
        file = self.modules.file(module)
        if file is None or file not in self.modules.texts:
            return "it is not there"
        users = [kind for kind in self.kinds if name in self.objects(kind)]
        if not users:
            return "no kind names it"
        if len(self.configs) < CONFIGS:
            return f"only {len(self.configs)} configs are taken by both"
        if self.added():
            # Configs that were filled up lead through less of the code of such a commit.
            return f"the program misses {', '.join(self.added())}"
        wanted = {f"{file}:{function}" for function in functions(self.modules.texts[file], sequence or "transforms")}
        entered = set()
        for kind in users:
            tasks, difference = self.outcome(kind)
            if difference:
                return f"kind {kind}: {difference}"
            entered |= self.entered(kind)
        missing = sorted(wanted - entered)
        if missing or not wanted:
            return f"not run: {', '.join(missing) or 'anything'}"
        for name, refused in self.refused.items():
            if refused["by"] == "reference" and refused["reference"]["place"].startswith(f"{file}:"):
                return f"{name}: only the reference refuses: {refused['reference']['error'][:200]}"
        return None

    def pieces(self):
        """Returns the purposes of the imports of the register function, by module."""
        text = self.modules.texts.get(f"{PACKAGE}/__init__.py", b"")
        named = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
        named = [f"{PACKAGE}.{name}" for name in named if isinstance(name, str)]
        found = {}
        for module in named:
            file = self.modules.file(module)
            if file and file in self.modules.texts:
                found[module] = role(self.modules.texts[file])
        return found

    def piece(self, module, what, survey):
        """None if what a module registers was held equal, else why not."""
        if what is None:
            return "nobody knows what it registers"
        if len(self.configs) < CONFIGS:
            return f"only {len(self.configs)} configs are taken by both"
        if self.added():
            return f"the program misses {', '.join(self.added())}"
        if what == "parameters":
            reported = survey.parameters(self.clone, self.commit, self.reference)
            wrong = [case for case in reported["differ"] if not re.search(ON_PURPOSE, case[2] or "")]
            return f"{len(wrong)} of {reported['cases']}: {wrong[0]}" if wrong else None
        if what == "target-methods":
            seen, equal = set(), set()
            for name, reported in self.configs.items():
                for method, (same, count, difference) in reported["targets"].items():
                    if not same:
                        return f"{name}: {method}: {difference}"
                    seen.add(method)
                    equal |= {method} if same is True and count else set()
            return f"picked nothing: {', '.join(sorted(seen - equal))}" if seen - equal or not seen else None
        if what == "actions":
            reported = [config["actions"] for config in self.configs.values() if "actions" in config]
            wrong = [found for same, found in reported if not same]
            return wrong[0] if wrong else None if reported else "not compared"
        if what == "verifications":
            reported = survey.conflict(self.clone, self.commit, self.reference)
            return None if reported and reported[0] and reported[1] else f"a conflict: {reported}"
        if what == "payloads":
            file = self.modules.file(module)
            users = {kind for kind in self.kinds if any(name.startswith(f"{file}:build") for name in self.entered(kind))}
            if not users:
                return "no kind has a task with one"
            return next((f"kind {kind}: {found}" for kind in sorted(users) if (found := self.outcome(kind)[1])), None)
        return "nobody compares that"

    def judged(self, names, survey):
        """For each object None or why it is not held, and the files that it consists of."""
        out = {}
        for name in names:
            if name == DECISION:
                reported = survey.decisions(self.clone, self.commit, self.reference) if self.kinds_are_made() else ["no graph"]
                out[name] = (reported[0] if reported else None, self.modules.closure(f"{PACKAGE}.parameters"))
            elif self.modules.file(name.partition(":")[0]):
                out[name] = (self.transform(name), self.modules.closure(name.partition(":")[0]))
        pieces = self.pieces()
        for module, what in pieces.items():
            out[module] = (self.piece(module, what, survey), self.modules.closure(module))
        # That the register function is known says that this is all that it imports.
        nameless = [module for module, what in pieces.items() if what is None]
        wrong = f"nobody knows what {', '.join(nameless)} registers" if nameless else None
        out[REGISTER] = (wrong if pieces else "it imports nothing", self.modules.closure(PACKAGE))
        return out

    def kinds_are_made(self):
        return len(self.configs) >= CONFIGS and not self.added()
