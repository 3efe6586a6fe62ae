"""Trees of kinds that nobody wrote: made by chance from what the core transforms take, mostly right, at times with one
thing wrong."""

import copy

import faults
import settings
import sources
import stubs
from chance import NAMES, Chance
from fan import fan_out

TRANSFORMS = "taskgraph.transforms."


class Kind:
    """A kind to be, and what its stubs have to know of the tree."""

    def __init__(self, tree, name, flavour):
        self.tree, self.name, self.flavour = tree, name, flavour
        self.labels = []
        self.names = []
        self.known = list(tree.labels)
        self.upstream = []
        self.tier = tree.tier
        self.last = False
        self.images = ["linux", "fetch", "base", "toolchain-build"]
        self.checkouts = tree.checkouts
        self.use_caches = [True, False, ["checkout"], ["pip", "npm"], ["uv", "checkout", "cargo"], []]
        self.many_repositories = len(tree.config["taskgraph"]["repositories"]) > 1
        self.fetchable, self.takable, self.needable = {}, [], []

    def number(self):
        return self.tree.number()

    def builds_on(self, kinds):
        self.upstream = [kind.name for kind in kinds]
        self.fetchable = {
            kind.name: [*kind.names, *kind.aliases] for kind in kinds if kind.name in ("fetch", "toolchain")
        }
        self.takable = [label for kind in kinds for label in kind.labels]
        self.needable = list(self.takable)

    @property
    def aliases(self):
        return self.tree.aliases.get(self.name, [])


class Tree:
    """Makes one tree. The same number makes the same tree."""

    def __init__(self, number):
        self.chance = Chance(number)
        self.count = 0
        self.kinds, self.labels, self.aliases, self.files = [], [], {}, {}
        self.config = settings.config(self.chance)
        self.tier = 1 if "treeherder" in self.config else None
        self.checkouts = [
            True,
            False,
            {"ci": {"path": "x"}},
            {"ci": {"head_ref": "y", "head_rev": None}},
            {"ci": {"type": "hg", "ssh_secret_name": "s"}},
        ]
        if len(self.config["taskgraph"]["repositories"]) > 1:
            self.checkouts = [
                False,
                False,
                {"ci": {}},
                {"ci": {"path": "x"}, "other": {"path": "y"}},
                {"other": {}, "ci": {}},
            ]

    def number(self):
        self.count += 1
        return self.count

    def made(self):
        """The files of the tree, as values, and its parameters."""
        chance = self.chance
        images = "docker-image" if chance.maybe(0.9) else "images"
        if images != "docker-image":
            self.config["docker-image-kind"] = images
        self.add(images, "images", [])
        if chance.maybe(0.1) and images == "docker-image":
            self.packages()
        for flavour, share in (("fetch", 0.6), ("toolchain", 0.6)):
            if chance.maybe(share):
                self.add(flavour, flavour, [])
        count = chance.randint(1, 4)
        for number in range(count):
            self.tier = chance.choice([self.tier, self.tier, *range(self.tier, 4), None]) if self.tier else None
            flavour = chance.choice(["task", "run", "run", "run", "deps", "deps"])
            name = chance.choice([f"k{number}", f"build{number}", f"a-test{number}", f"é{number}"])
            self.add(name, flavour, self.kinds, last=number == count - 1)
        self.files["taskcluster/config.yml"] = self.config
        files, parameters = self.files, settings.parameters(chance, self)
        if chance.maybe(0.35):
            return faults.spoil(chance, files, parameters)
        return files, parameters

    def add(self, name, flavour, others, last=False):
        chance = self.chance
        kind = Kind(self, name, flavour)
        kind.last = last
        known = [other for other in self.kinds if other.flavour == "images"]
        match flavour:
            case "images":
                written = self.images(kind)
            case "fetch":
                kind.builds_on(chance.some(known))
                written = self.written(kind, ["fetch", "run", "task"], sources.fetch)
            case "toolchain":
                kind.builds_on([*chance.some(known), *(other for other in self.kinds if other.flavour == "fetch")])
                written = self.written(kind, ["run", "cached_tasks", "task"], sources.toolchain)
            case "task":
                kind.builds_on(chance.some(others))
                written = self.written(kind, ["task"], stubs.task)
            case "run":
                kind.builds_on([other for other in others if chance.maybe(0.7)])
                written = self.written(kind, ["run", "task"], stubs.run)
            case "deps":
                kind.builds_on([other for other in others if other.flavour != "images" and chance.maybe(0.7)] or known)
                make = chance.choice([stubs.run, stubs.run, stubs.task])
                written = self.written(kind, ["task"] if make == stubs.task else ["run", "task"], make)
        self.files[f"taskcluster/kinds/{name}/kind.yml"] = written
        self.kinds.append(kind)
        self.labels += kind.labels

    def images(self, kind):
        chance = self.chance
        tasks = {
            "base": {"symbol": "I(base)"},
            "fetch": {"symbol": "I(fetch)"},
            "toolchain-build": {"symbol": "I(tb)", "parent": "base"},
        }
        tasks["linux"] = {
            "symbol": "I(linux)",
            "parent": "base",
            "args": {"VERSION": chance.choice(["12", "a b", "ä", "a\\n\\\\b", ""])},
        }
        chance.put(0.2, tasks["linux"]["args"], "OTHER", "x", "é")
        chance.put(
            0.2,
            tasks["linux"],
            "index",
            {"product": "app", "job-name": "image", "rank": 3},
            {"product": "tool", "job-name": "é"},
        )
        chance.put(
            0.2,
            tasks,
            "another",
            {"definition": "fetch", "symbol": "I(x)"},
            {"definition": "linux", "parent": "fetch", "args": {"VERSION": "3"}, "symbol": "y"},
        )
        chance.put(
            0 if self.tier else 0.5, tasks, "plain", {"definition": "base", "cache": False}, {"definition": "base"}
        )
        if not self.tier:
            for image in tasks.values():
                image.pop("symbol", None)
        kind.labels = [f"docker-image-{name}" for name in tasks if name != "plain"]
        return {
            "loader": "taskgraph.loader.transform:loader",
            "transforms": [self.transform(name) for name in ("docker_image", "cached_tasks", "task")],
            "tasks": tasks,
        }

    def packages(self):
        """Tasks that make packages for images."""
        stub = {
            "description": "Makes a package",
            "worker-type": "host",
            "worker": {"max-run-time": 60, "env": {}},
            "treeherder": {"symbol": "p"},
            "run": {"using": "toolchain-script", "script": "build.sh", "toolchain-artifact": "public/x.deb"},
        }
        if not self.tier:
            del stub["treeherder"]
        self.files["taskcluster/kinds/packages/kind.yml"] = {
            "loader": "taskgraph.loader.transform:loader",
            "transforms": [self.transform(name) for name in ("run", "cached_tasks", "task")],
            "tasks": {
                name: copy.deepcopy(stub) | ({"treeherder": {"symbol": name}} if self.tier else {})
                for name in ("one", "two")
            },
        }
        images = self.files["taskcluster/kinds/docker-image/kind.yml"]
        images["kind-dependencies"] = ["packages"]
        images["tasks"]["linux"]["packages"] = self.chance.some(["one", "two"], least=1)

    def transform(self, name):
        return TRANSFORMS + name + (":transforms" if self.chance.maybe(0.5) else "")

    def written(self, kind, transforms, make):
        """The kind as a map, with its stubs."""
        chance = self.chance
        steps = (
            []
            if kind.flavour == "fetch"
            else [name for name in chance.sample(["matrix", "chunking", "task_context"], 3) if chance.maybe(0.25)]
        )
        deps = kind.flavour == "deps"
        if deps:
            steps = [step for step in steps if step != "chunking" and step != "task_context"]
            if kind.tier or chance.maybe(0.3):
                steps.append("task_context")
        later = [name for name in ("notify", "code_review") if chance.maybe(0.15)]
        if kind.flavour in ("fetch", "toolchain"):
            later = []
        tasks = {}
        for name in chance.some(NAMES, 1 if deps else 4, least=1):
            stub = make(chance, kind)
            if deps:
                stub.pop("index", None)
            if "notify" in later and chance.maybe(0.7):
                key, section = stubs.notify(chance)
                stub[key] = section
            taken = [step for step in steps if deps or chance.maybe(0.8)]
            label = None if taken else stubs.alone(chance, stub, kind)
            written, names = fan_out(chance, stub, name, taken, kind)
            if deps:
                stub["from-deps"] = self.from_deps(kind, stub)
                written = name
            tasks[written] = stub
            if deps or set(names) & set(kind.names):
                continue
            kind.names += names
            labels = [label] if label else [f"{kind.name}-{name}" for name in names]
            kind.labels += labels
            self.note_alias(kind, stub)
            # Tasks of a kind may need one another.
            if not label:
                kind.needable += labels
                kind.takable += labels
            if kind.flavour == "toolchain":
                kind.fetchable["toolchain"] = list(kind.names)
        names = (["from_deps"] if deps else []) + steps + later + transforms
        written = {
            "loader": "taskgraph.loader.transform:loader",
            "transforms": [self.transform(name) for name in names],
        }
        if transforms == ["run", "task"] and chance.maybe(0.5):
            del written["loader"]
            written["transforms"] = written["transforms"][:-2]
            chance.put(0.2, written, "loader", "taskgraph.loader.default:loader")
            if not written["transforms"] and chance.maybe(0.5):
                del written["transforms"]
        if kind.upstream:
            written["kind-dependencies"] = kind.upstream
        written["tasks"] = tasks
        if chance.maybe(0.4):
            self.defaults(kind, written)
        if chance.maybe(0.2):
            self.elsewhere(kind, written)
        return written

    def note_alias(self, kind, stub):
        alias = stub.get("fetch-alias") or stub.get("run", {}).get("toolchain-alias")
        if isinstance(alias, str) and "{" not in alias:
            self.aliases.setdefault(kind.name, []).append(alias)

    def defaults(self, kind, written):
        """Returns keys that task descriptions have in common, to be merged into them."""
        chance = self.chance
        defaults = {"attributes": {"default": chance.value(1), "list": [1]}}
        if kind.flavour != "fetch" and "matrix" not in str(written.get("transforms")):
            put = chance.put
            put(0.3, defaults, "scopes", ["queue:first"])
            put(0.3, defaults, "extra", {"x": {"a": [1]}})
            put(0.3, defaults, "routes", ["x.y"])
            put(0.3, defaults, "run-on-tasks-for", ["cron", "github-push"])
            put(0.3, defaults, "expires-after", "3 days")
            if kind.flavour != "task":
                put(0.3, defaults, "worker", {"max-run-time": 7})
        if (
            all("description" in stub for stub in written["tasks"].values())
            and chance.maybe(0.3)
            and "substitution" not in str(written)
        ):
            defaults["description"] = "By default"
            for stub in chance.some(written["tasks"].values(), 9):
                stub.pop("description", None)
        written["task-defaults"] = defaults

    def elsewhere(self, kind, written):
        """Moves some stubs to files of their own."""
        chance = self.chance
        names = []
        for number, name in enumerate(chance.some(written["tasks"], 2)):
            file = chance.choice([f"more{number}.yml", f"é{number}.yml"])
            content = {name: written["tasks"].pop(name)}
            if chance.maybe(0.3):
                content["task-defaults"] = {"attributes": {"file": number, "list": [2]}}
            self.files[f"taskcluster/kinds/{kind.name}/{file}"] = content
            names.append(file)
        if names:
            written["tasks-from"] = names
            if not written["tasks"] and chance.maybe(0.5):
                del written["tasks"]

    def from_deps(self, kind, stub):
        """A section that makes no name twice, as far as that can be known here."""
        chance = self.chance
        section = {}
        kinds = kind.upstream
        docker = isinstance(stub["worker"].get("docker-image"), dict)
        if chance.maybe(0.5):
            kinds = section["kinds"] = chance.some(kinds, 2, least=1)
        many = len(kinds) > 1
        way = chance.choice(["single", "single", "all", "attribute"])
        match way:
            case "single":
                chance.put(0.3, section, "group-by", "single")
                chance.put(1 if many else 0.3, section, "set-name", "retain-kind")
                chance.put(0.3, section, "unique-kinds", True, False)
            case "all":
                section |= {"group-by": "all", "unique-kinds": False}
                chance.put(0.5, section, "set-name", "strip-kind", "retain-kind", None, False)
            case "attribute":
                section |= {
                    "group-by": {
                        "attribute": chance.choice(["kind", "kind", "shard", "primary-dependency-label", "image_name"])
                    },
                    "unique-kinds": False,
                }
                chance.put(1 if many else 0.3, section, "set-name", "retain-kind")
        if docker and set(kinds) & {"docker-image"}:
            section["unique-kinds"] = False
        # An alias must not be there twice.
        chance.put(0.02 if "toolchain" in kinds else 0.4, section, "copy-attributes", True, False)
        if way != "all":
            chance.put(
                0.2,
                section,
                "with-attributes",
                {"kind": chance.choice(kinds)},
                {"kind": list(kinds)},
                {"shard": ["s1", "s2"]},
                {"shard": "s1"},
                {"nothing": "x"},
                {},
            )
        if section.get("unique-kinds") is False and "run" in stub:
            entries = [
                {"artifact": "a.zst"},
                {"artifact": "{kind}.zst", "dest": "é/{run_on_projects}"},
                {"artifact": "{always_target!r:>6}", "extract": False},
            ]
            chance.put(
                0.4,
                section,
                "fetches",
                lambda: {name: chance.some(entries) for name in chance.some([*kinds, "nothing"])},
            )
        return section
