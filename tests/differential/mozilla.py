"""Trees of kinds that nobody wrote, for the worker implementations and transforms of mozilla-taskgraph."""

import faults
import settings
from chance import NAMES, Chance, own

SCRIPTWORKERS = ["beetmover-data", "bitrise", "lando", "shipit", "signing"]
TRANSFORMS = "mozilla_taskgraph.transforms.scriptworker."
MODULES = [
    "config",
    "worker_types",
    "transforms.scriptworker.release_artifacts",
    "transforms.scriptworker.shipit.mark_as_shipped",
]
PARAMETERS = {"version": "1.2", "app_version": "1.2.3", "next_version": "1.3", "build_number": 4}


class Tree:
    """Makes one tree for a version of mozilla-taskgraph. The same number makes the same tree. Nothing is wrong in those that
    are not checked; they have tags, which need a key that Taskgraph's own tasks do not have."""

    def __init__(self, number, version):
        self.chance, self.version = Chance(number), version
        self.unchecked = number % 5 == 0
        self.kinds, self.labels = [], []
        self.config = settings.config(self.chance)

    def made(self):
        """The files of the tree, as values, and its parameters."""
        chance, config = self.chance, self.config
        config["taskgraph"]["register"] = "mozilla_taskgraph:register"
        aliases = config["workers"]["aliases"]
        for name in SCRIPTWORKERS:
            aliases[name] = {
                "provisioner": "scriptworker-k8s",
                "implementation": f"scriptworker-{name}",
                "os": "scriptworker",
                "worker-type": f"{name}-{{level}}",
            }
        added = {"scriptworker": {"scope-prefix": "project:made-up:releng"}}
        shipit = {}
        chance.put(0.9, shipit, "product", "app", "é")
        chance.put(0.4, shipit, "release-format", "{product}_{version}", "{version!r:>9}-{build_number}", "x")
        chance.put(0.4, shipit, "scope-prefix", "project:other")
        chance.put(0.8, added, "shipit", shipit)
        chance.put(0.2, added, "version-parser", "a:b", 1 if chance.maybe(0.1) and not self.unchecked else "c:d")
        chance.put(0.2, added, "release-branches", {"tree": True}, {"tree": ["main"]}, {"tree": "main"} if not self.unchecked else {})
        files = {
            f"taskcluster/kinds/{name}/kind.yml": {
                "loader": "taskgraph.loader.transform:loader",
                "transforms": [*transforms, "taskgraph.transforms.task"],
                "tasks": {stub: make() for stub in chance.some(NAMES, 4, least=1)},
            }
            for name, transforms, make in [
                ("script", [], self.script),
                ("release", [TRANSFORMS + "release_artifacts"], self.release),
                ("shipped", [TRANSFORMS + "shipit.mark_as_shipped"], self.shipped),
            ]
            if chance.maybe(0.6) or name == "script"
        }
        # Two releases of a kind would have one label.
        parameters = settings.parameters(chance, self) | PARAMETERS
        for name in ("version", "app_version", "next_version"):
            if chance.maybe(0.01) and not self.unchecked:
                parameters[name] = None
        files = own(files)
        if chance.maybe(0.4) and not self.unchecked:
            self.spoil(chance.choice([*files.values(), added] if chance.maybe(0.2) else [*files.values()]))
        files["taskcluster/config.yml"] = config | added
        return files, parameters

    def spoil(self, section):
        """One thing wrong, or null, in what mozilla-taskgraph looks at."""
        stubs = section.get("tasks", {"": section}).values()
        parts = [part for stub in stubs for part in self.looked_at(stub)]
        parts = [part for part in parts if part]
        if not parts:
            return
        part = self.chance.choice(parts)
        if self.chance.maybe(0.5):
            inner, key = self.chance.choice(list(faults.walk(part)))
            inner[key] = None
        else:
            faults.fault(self.chance, part, "")

    @staticmethod
    def looked_at(stub):
        keys = [key for key in ("release-artifacts", "shipit-product", "scriptworker", "shipit") if key in stub]
        return [stub["worker"]] if "worker" in stub and not keys else [{key: stub[key] for key in keys}] if keys else []

    def script(self):
        chance = self.chance
        name = chance.choice([*SCRIPTWORKERS, "lando", "lando"])
        stub = {"description": "x", "worker-type": name, "worker": getattr(self, name.replace("-", "_"))()}
        chance.put(1 if self.unchecked else 0.02, stub, "shipping-product", "app", "é")
        chance.put(0.3, stub, "scopes", ["z", "a"], [])
        chance.put(0.3, stub, "routes", ["x.y"])
        chance.put(0.3, stub, "attributes", {"release_artifacts": ["z", "public/a"]}, {"code-review": True})
        return stub

    def shipit(self):
        return {"release-name": self.chance.choice(["app-1", "é"])}

    def reference(self):
        return self.chance.choice(
            ["x", "é", {"task-reference": "<self>"}, {"artifact-reference": "<self/public/x>"}][: 2 if self.chance.maybe(0.9) else 4]
        )

    def signing(self):
        chance = self.chance
        artifacts = []
        for _ in range(chance.randint(0, 3)):
            artifact = {
                "taskId": self.reference(),
                "taskType": "build",
                "paths": chance.some(["public/a.dmg", "public/b.zip", "é"]),
                "formats": chance.some(["gcp_prod_autograph_gpg", "other"]),
            }
            chance.put(0.2, artifact, "authenticode_comment", "x")
            artifacts.append(artifact)
        made = {"signing-type": chance.choice(["dep", "release"]), "upstream-artifacts": artifacts}
        chance.put(0.4, made, "max-run-time", 60, 0)
        return made

    def beetmover_data(self):
        chance = self.chance
        made = {"app-name": "app", "bucket": "b", "project": "p"}
        made["data-map"] = [
            {
                "data": chance.choice(["aGk=", "", "aGk", "a", "aG k="][: 2 if chance.maybe(0.9) else 5]),
                "content-type": "text/plain",
                "destinations": [self.reference() for _ in range(chance.randint(0, 2))],
            }
            for _ in range(chance.randint(0, 2))
        ]
        chance.put(0.3, made, "dry-run", True, False)
        return made

    def bitrise(self):
        chance = self.chance
        workflows = []
        for _ in range(chance.randint(0, 3)):
            name = chance.choice(["one", "two", "é"])
            environments = [{key: self.reference() for key in chance.some(["A", "B"])} for _ in range(chance.randint(0, 2))]
            workflows.append(chance.choice([name, {name: environments}, {name: environments, "three": []}]))
        made = {"app": "app", "workflows": workflows}
        chance.put(0.3, made, "artifact_prefix", "public", "")
        return {"bitrise": made}

    def lando(self):
        chance = self.chance
        made = {"lando-repo": "repo"}
        for key in ("ignore-closed-tree", "dontbuild", "force-dry-run"):
            chance.put(0.3, made, key, True, False)
        chance.put(0.3, made, "matrix-rooms", ["room"], ["a", "b"], [])
        made["actions"] = []
        for _ in range(chance.randint(0, 3)):
            # Later versions take several in one map.
            several = 3 if self.version >= (4, 1) or chance.maybe(0.05) and not self.unchecked else 1
            made["actions"].append({name: getattr(self, name.replace("-", "_"))() for name in chance.some(self.actions(), several, 1)})
        return made

    def actions(self):
        if self.unchecked and self.chance.maybe(0.4):
            return ["tag"]
        return ACTIONS if self.unchecked or self.chance.maybe(0.05) else [name for name in ACTIONS if name != "tag"]

    def tag(self):
        chance = self.chance
        made = {"types": chance.some(["buildN", "release"], 2)}
        chance.put(1 if self.unchecked else 0.95, made, "hg-repo-url", "https://hg.example.org/x", "")
        chance.put(1 if self.unchecked else 0.95 if self.version >= (5,) else 0.05, made, "revision", "abc", "é")
        return made

    def merge(self, *keys):
        """Returns a merge: the keys that all merges have, and some of these."""
        chance = self.chance
        made = {"fetch-version-from": "version.txt", "to-branch": "beta"}
        revisions = 0.4 if self.version >= (4, 2) else 0.03
        chance.put(revisions, made, "to-revision", "abc", "")
        for key in chance.some(keys, 9):
            made[key] = "x" if key in ("end-tag", "base-tag") else [["a", "b"], []]
        return made

    def files(self, key, share):
        chance = self.chance
        files = [{"filename": name} for name in chance.some(NAMES)]
        for file in files:
            chance.put(share, file, key, "minor", "é")
            chance.put(0.3, file, "new-suffix", "a1", "")
        return files

    def esr_bump(self):
        return self.merge() | {"version-files": self.files("version-bump", 1)}

    def main_bump(self):
        made = self.merge("replacements", "regex-replacements", "end-tag")
        return made | {"version-files": self.files("version-bump", 1)}

    def early_to_late_beta(self):
        return self.merge("replacements")

    def uplift(self):
        chance = self.chance
        made = self.merge("replacements", "base-tag", "end-tag") | {"from-branch": "main"}
        made["version-files"] = self.files("version-bump", 0.6)
        chance.put(0.4 if self.version >= (4, 2) else 0.03, made, "from-revision", "abc")
        chance.put(0.4, made, "l10n-bump-info", self.l10n_bump)
        return made

    def l10n_bump(self):
        chance = self.chance
        made = []
        for name in chance.some(NAMES):
            entry = {
                "name": name,
                "path": "p",
                "l10n-repo-url": "https://example.org/l10n" if chance.maybe(0.97) else "https://example.org/other",
                "l10n-repo-target-branch": "main",
                "platform-configs": [{"platforms": ["linux"], "path": "x"}, {"platforms": [], "path": "y", "format": "z"}],
            }
            chance.put(0.3, entry, "ignore-config", chance.value)
            made.append(entry)
        return made

    def android_l10n_sync(self):
        return {"from-branch": "main", "toml-info": [{"toml-path": name} for name in self.chance.some(NAMES)]}

    def android_l10n_import(self):
        files = self.chance.some(NAMES)
        return {"from-repo-url": "u", "toml-info": [{"toml-path": name, "dest-path": "d"} for name in files]}

    def version_bump(self):
        return {"bump-files": self.chance.some(NAMES)}

    def release(self):
        chance = self.chance
        name = chance.choice(["linux", "win"])
        worker = {"max-run-time": 60}
        worker |= {"docker-image": "debian"} if name == "linux" else {"command": ["x"]}
        stub = {"description": "x", "worker-type": name, "worker": worker}
        chance.put(0.8, stub, "release-artifacts", lambda: chance.some(["a.zip", "b/{c}", "é"]), ["/a"] if chance.maybe(0.1) else [])
        chance.put(0.3, worker, "artifacts", [{"type": "file", "name": "public/own", "path": "own"}])
        chance.put(0.3, stub, "attributes", {"a": 1}, {"release-artifacts": [{"type": "file", "name": "public/x", "path": "x"}]})
        return stub

    def shipped(self):
        chance = self.chance
        stub = {"worker-type": "shipit"}
        keyed = {"nightly": "one", "n.*": "two", "default": {"by-build-type": {"x": "three", "default": "four"}}}
        chance.put(0.8, stub, "shipit-product", "app", "é", {"by-build-type": keyed})
        chance.put(0.05, stub, "shipit-product", {"by-worker-type": {"shipit": "five", "default": "six"}})
        chance.put(0.05, stub, "shipit-product", {"by-build-type": {"nightly": "seven"}})
        chance.put(0.5, stub, "attributes", {"build-type": "nightly"}, {"build-type": "x"}, {})
        chance.put(0.2, stub, "label", lambda: f"own-{chance.randrange(1000)}")
        chance.put(0.2, stub, "scopes", ["gone"])
        chance.put(0.1, stub, "worker", {"release-name": "gone"})
        return stub


ACTIONS = [
    "android-l10n-import",
    "android-l10n-sync",
    "early-to-late-beta",
    "esr-bump",
    "l10n-bump",
    "main-bump",
    "tag",
    "uplift",
    "version-bump",
]
