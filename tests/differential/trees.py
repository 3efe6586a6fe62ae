"""Trees of kinds that nobody wrote: made by chance from what the core transforms take, mostly right, at times wrong."""

import random

CONFIG = {
    "trust-domain": "made-up",
    "task-priority": {"by-project": {"tree": "medium", "default": "low"}},
    "taskgraph": {"repositories": {"ci": {"name": "Made up"}}, "run": {"use-caches": ["checkout", "pip"]}},
    "index": {"products": ["app", "tool"]},
    "treeherder": {"group-names": {"B": "Builds", "T": "Tests", "Fetch": "Fetches", "TL": "Toolchains", "I": "Images"}},
    "workers": {
        "aliases": {
            "images": {"provisioner": "{trust-domain}-{level}", "implementation": "docker-worker", "os": "linux", "worker-type": "images"},
            "linux.*": {
                "provisioner": {"by-level": {"3": "made-up-3", "default": "made-up-1"}},
                "implementation": "docker-worker",
                "os": "linux",
                "worker-type": "{alias}",
            },
            "win": {"provisioner": "made-up-t", "implementation": "generic-worker", "os": "windows", "worker-type": "win"},
            "mac": {"provisioner": "made-up-t", "implementation": "generic-worker", "os": "macosx", "worker-type": "mac"},
        }
    },
}

PARAMETERS = {
    "base_ref": "main",
    "base_repository": "https://github.com/example/tree",
    "base_rev": "a" * 40,
    "build_date": 1700603004,
    "build_number": 1,
    "do_not_optimize": [],
    "enable_always_target": True,
    "existing_tasks": {},
    "files_changed": [],
    "filters": ["target_tasks_method"],
    "head_ref": "refs/heads/main",
    "head_repository": "https://github.com/example/tree",
    "head_rev": "b" * 40,
    "head_tag": "",
    "level": "3",
    "moz_build_date": "20231121214324",
    "next_version": None,
    "optimize_strategies": None,
    "optimize_target_tasks": True,
    "owner": "nobody@example.org",
    "project": "tree",
    "pushdate": 0,
    "pushlog_id": "0",
    "repository_type": "git",
    "target_tasks_method": "default",
    "tasks_for": "github-push",
    "version": None,
}

VOLUMES = "VOLUME /builds/worker/checkouts /builds/worker/.task-cache/pip /builds/worker/.task-cache/npm\n"
VOLUMES += "VOLUME /builds/worker/.task-cache/cargo /builds/worker/.task-cache/uv /x /builds/other/checkouts\n"

# Files that stay the same from tree to tree: what is hashed has to be committed.
FILES = {
    "taskcluster/docker/base/Dockerfile": "FROM debian\n# %include-run-task\n# %include src\n",
    "taskcluster/docker/fetch/Dockerfile": "FROM debian\n# %include-run-task\n" + VOLUMES,
    "taskcluster/docker/linux/Dockerfile": "# %ARG VERSION\nFROM $PARENT:$VERSION\n" + VOLUMES,
    "taskcluster/scripts/toolchain/build.sh": "make\n",
    "taskcluster/scripts/toolchain/build.ps1": "make\n",
    "taskcluster/scripts/toolchain/build.py": "make\n",
    "taskcluster/context.yml": "color: red\nthreads: 3\n",
    "src/main.c": "int main;\n",
    "src/a/b.txt": "b\n",
    "src/ä.txt": "b\n",
}

NAMES = ["app", "lib", "x-1", "tool", "Tööl", "a.b", "linux", "one", "two", "k0"]
WORDS = ["red", "green", "", "{name}", "a b", "é", "it's", '"', "1.0", "true", "{{x}}", "\\n", "💡", "$HOME"]


class Maker:
    """Makes one tree. The same number makes the same tree."""

    def __init__(self, number):
        self.chance = random.Random(number)
        # Most trees are all right, so that enough of them become graphs; the others have few things wrong.
        self.wrongness = self.chance.choice([0] * 7 + [0.002, 0.005, 0.02])

    def maybe(self, share):
        return self.chance.random() < share

    def some(self, words, most=3):
        return [self.chance.choice(words) for _ in range(self.chance.randint(0, most))]

    def value(self, depth=0):
        """Any value that YAML and JSON have."""
        kinds = ["text", "int", "float", "bool", "null", "date"] + (["list", "map"] if depth < 2 else [])
        match self.chance.choice(kinds):
            case "text":
                return self.chance.choice(WORDS)
            case "int":
                return self.chance.choice([0, 1, -1, 7, 2**31, 2**53, 10**6])
            case "float":
                return self.chance.choice([0.5, 1.0, -2.25, 1e20, 1e-7])
            case "bool":
                return self.maybe(0.5)
            case "null":
                return None
            case "date":
                return "2024-01-01"
            case "list":
                return [self.value(depth + 1) for _ in range(self.chance.randint(0, 3))]
            case "map":
                return {self.chance.choice(NAMES): self.value(depth + 1) for _ in range(self.chance.randint(0, 3))}

    def spoil(self, value, path=()):
        """The value, now and then with something wrong in it."""
        if self.maybe(self.wrongness):
            return self.value()
        if isinstance(value, dict):
            spoiled = {}
            for key, inner in value.items():
                if self.maybe(self.wrongness):
                    continue
                if self.maybe(self.wrongness):
                    key = key + self.chance.choice(["s", "-", "x"])
                spoiled[key] = self.spoil(inner, (*path, key))
            return spoiled
        if isinstance(value, list):
            return [self.spoil(item, path) for item in value]
        return value

    def tree(self):
        """Files of a tree, as values, and its parameters."""
        kinds = {"docker-image": self.images()}
        for number in range(self.chance.randint(1, 4)):
            flavour = self.chance.choice(["task", "task", "run", "run", "run", "fetch", "toolchain", "deps"])
            name = flavour if flavour in ("fetch", "toolchain") else f"k{number}"
            if name not in kinds:
                kinds[name] = self.kind(flavour, number, list(kinds))
        config = self.config()
        files = {"taskcluster/config.yml": self.spoil(config) if self.maybe(0.2) else config}
        for name, kind in kinds.items():
            files[f"taskcluster/kinds/{name}/kind.yml"] = self.spoil(kind)
        return files, self.parameters()

    def config(self):
        config = {**CONFIG}
        if self.maybe(0.3):
            config["task-expires-after"] = self.chance.choice(["90 days", "1 year", "2 weeks"])
        if self.maybe(0.3):
            config["task-deadline-after"] = self.chance.choice(["1 day", {"by-project": {"tree": "2 days", "default": "3 days"}}])
        if self.maybe(0.3):
            caches = self.chance.choice([True, False, ["checkout"], ["pip", "cargo", "uv", "npm"]])
            config["taskgraph"] = {**config["taskgraph"], "run": {"use-caches": caches}}
        if self.maybe(0.2):
            config["taskgraph"] = {**config["taskgraph"], "cached-task-prefix": "app", "cache-pull-requests": self.maybe(0.5)}
        return config

    def parameters(self):
        parameters = {**PARAMETERS}
        if self.maybe(0.3):
            parameters["level"] = self.chance.choice(["1", "3"])
        if self.maybe(0.3):
            parameters["tasks_for"] = self.chance.choice(["github-pull-request", "cron", "action", "github-release", "github-pull-request-untrusted"])
        if self.maybe(0.2):
            parameters["project"] = self.chance.choice(["try", "other", "tree-try"])
        if self.maybe(0.2):
            parameters["head_ref"] = self.chance.choice(["main", "refs/heads/feature/x", "refs/tags/v1"])
        if self.maybe(0.2):
            parameters["target_tasks_method"] = self.chance.choice(["default", "nothing", "codereview"])
        return parameters

    def images(self):
        tasks = {"base": {"symbol": "I(base)"}, "fetch": {"symbol": "I(fetch)"}}
        tasks["linux"] = {"symbol": "I(linux)", "parent": "base", "args": {"VERSION": self.chance.choice(["12", "a b", "ä"])}}
        if self.maybe(0.2):
            tasks["linux"]["index"] = {"product": "app", "job-name": "image"}
        if self.maybe(0.2):
            tasks["base"]["cache"] = self.maybe(0.95)
        return {
            "loader": "taskgraph.loader.transform:loader",
            "transforms": [f"taskgraph.transforms.{name}:transforms" for name in ("docker_image", "cached_tasks", "task")],
            "tasks": tasks,
        }

    def kind(self, flavour, number, known):
        if flavour == "deps" and len(known) < 2:
            flavour = "run"
        self.upstream = [name for name in known if name == "docker-image" or self.maybe(0.6) or flavour == "deps"]
        self.uses = {name for name in ("matrix", "chunking", "task_context") if self.maybe(0.3)} if flavour != "fetch" else set()
        make = {"task": self.task, "run": self.run, "fetch": self.fetch, "toolchain": self.toolchain, "deps": self.run}[flavour]
        transforms = [name for name in ("matrix", "chunking", "task_context") if name in self.uses]
        if flavour == "deps":
            transforms.insert(self.chance.choice([0, len(transforms)]), "from_deps")
        if flavour in ("fetch", "toolchain"):
            transforms += ["fetch"] if flavour == "fetch" else []
            transforms += ["run", "cached_tasks"]
        elif flavour != "task":
            transforms += ["run"]
        transforms.append("task")
        kind = {
            "loader": "taskgraph.loader.transform:loader",
            "kind-dependencies": self.upstream,
            "transforms": [f"taskgraph.transforms.{name}" + self.chance.choice(["", ":transforms"]) for name in transforms],
            "tasks": {},
        }
        if self.maybe(0.1) and transforms[-2:] == ["run", "task"]:
            del kind["loader"]
            kind["transforms"] = kind["transforms"][:-2]
        for name in dict.fromkeys(self.some(NAMES, 3) or ["only"]):
            stub = make(number)
            suffix = ""
            if "chunking" in self.uses:
                stub["chunk"] = {"total-chunks": self.chance.choice([0, 1, 2, 3, 4, 12]), "substitution-fields": ["name", *self.filled(stub)]}
                suffix = self.chance.choice(["-{this_chunk}", "-{this_chunk:>03}", "-{this_chunk}-{total_chunks}"])
            if "matrix" in self.uses:
                # Braces for the steps that follow have to pass through.
                suffix = suffix.replace("{", "{{").replace("}", "}}")
                stub["matrix"] = self.matrix(stub)
            if "task_context" in self.uses:
                stub["task-context"] = self.context(stub)
                if "chunking" in self.uses:
                    suffix = suffix
            if flavour == "deps":
                stub["from-deps"] = self.from_deps()
            kind["tasks"][name + suffix] = stub
        if self.maybe(0.3):
            kind["task-defaults"] = {"attributes": {"default": self.value(1)}} if flavour != "fetch" else {"attributes": {"x": 1}}
        return kind

    def filled(self, stub):
        return [field for field in ("description", "attributes", "extra", "worker.env") if self.has(stub, field) and self.maybe(0.3)]

    def has(self, stub, field):
        for key in field.split("."):
            if not isinstance(stub, dict) or key not in stub:
                return False
            stub = stub[key]
        return True

    def matrix(self, stub):
        matrix = {key: self.chance.sample(["a", "b", "c.1", "é"], self.chance.randint(0, 3)) for key in self.some(["os", "mode", "v"], 2) or ["os"]}
        if self.maybe(0.3):
            matrix["exclude"] = [{key: self.chance.choice(["a", "b"]) for key in matrix if self.maybe(0.7)}]
        if self.maybe(0.3):
            first = next(iter(matrix))
            names = [f"{{matrix[{key}]}}" for key in matrix if key != "exclude"]
            whole = "-".join([f"m{self.chance.randint(0, 10**6)}", *names])
            matrix["set-name"] = self.chance.choice([whole] * 6 + ["same", f"{{matrix[{first}]!r:>6}}"])
        matrix["substitution-fields"] = self.filled(stub)
        return matrix

    def context(self, stub):
        context = {"substitution-fields": self.filled(stub)}
        if self.maybe(0.6):
            context["from-parameters"] = {
                "who": self.chance.choice(["owner", ["nothing", "head_rev"], "nothing.here", ["build_date"]]),
            }
        if self.maybe(0.5):
            context["from-object"] = {"color": self.value(1), "n": 4}
        if self.maybe(0.2):
            context["from-file"] = self.chance.choice(["taskcluster/context.yml"] * 9 + ["taskcluster/nothing.yml"])
        return context

    def from_deps(self):
        section = {}
        if self.maybe(0.5):
            section["kinds"] = self.chance.sample(self.upstream, self.chance.randint(1, len(self.upstream)))
        if self.maybe(0.5):
            section["set-name"] = self.chance.choice(["strip-kind", "retain-kind", None, False])
        if self.maybe(0.3):
            section["with-attributes"] = {"kind": self.chance.choice(["k0", ["k0", "k1"], "docker-image"])}
        if self.maybe(0.5):
            section["group-by"] = self.chance.choice(["single", "all", {"attribute": "kind"}, {"attribute": "nothing"}])
        if self.maybe(0.5):
            section["copy-attributes"] = self.maybe(0.5)
        if self.maybe(0.5):
            section["unique-kinds"] = self.maybe(0.3)
        if self.maybe(0.3):
            section["fetches"] = {self.chance.choice(self.upstream): [{"artifact": self.chance.choice(["a.zst", "{kind}.zst"]), "dest": "x"}]}
        return section

    def text(self):
        return self.chance.choice(["Does it", "é", "x {{y}}", "", "100%", "a: b"])

    def common(self, number):
        """What all descriptions may have."""
        stub = {"description": self.text(), "worker-type": self.chance.choice(["linux", "linux-large", "images", "win", "mac"])}
        if self.maybe(0.05):
            stub["worker-type"] = self.chance.choice(["succeed", "always-optimized", "always-optimized"])
        add = lambda share, key, make: stub.update({key: make()}) if self.maybe(share) else None
        add(0.1, "priority", lambda: self.chance.choice(["low", "very-high", "lowest"]))
        add(0.4, "attributes", lambda: {name: self.value(1) for name in self.some(["a", "b", "code-review", "cron"], 3)})
        add(0.2, "soft-dependencies", lambda: self.some(["docker-image-base", "k0-app", "k1-one"], 2))
        add(0.1, "requires", lambda: self.chance.choice(["all-completed", "all-resolved"]))
        add(0.2, "deadline-after", lambda: self.chance.choice(["1 day", "2 hours", "30 minutes", "1 day 2 hours"]))
        add(0.2, "expires-after", lambda: self.chance.choice(["1 year", "3 months", "90 days", "1 week"]))
        add(0.2, "routes", lambda: self.some(["a.b.c", "notify.email.x@y.z.on-failed", "checks", "tc-x.y"], 2))
        add(0.2, "scopes", lambda: self.some(["queue:x", "secrets:get:y", "assume:z"], 3))
        add(0.2, "tags", lambda: {self.chance.choice(["os", "label", "kind", "x"]): self.chance.choice(["a", "é"])})
        add(0.2, "extra", lambda: {self.chance.choice(["x", "suite"]): self.value(1)})
        add(0.5, "treeherder", self.treeherder)
        add(0.2, "index", self.index)
        add(0.3, "run-on-projects", lambda: self.chance.choice([["all"], [], ["tree"], ["try", "other"], {"by-build-platform": {"linux.*": ["all"], "default": []}}]))
        add(0.2, "run-on-tasks-for", lambda: self.some(["all", "github-push", "github-pull-request", "cron"], 2))
        add(0.2, "run-on-git-branches", lambda: self.some(["main", "all", "feature/.*", "v[0-9]+"], 2))
        add(0.2, "shipping-phase", lambda: self.chance.choice([None, "build", "promote", "ship"]))
        add(0.2, "always-target", lambda: self.maybe(0.5))
        add(0.2, "optimization", lambda: self.chance.choice([None, {"skip-unless-changed": ["src/**"]}, {"index-search": ["a.b"]}]))
        add(0.1, "needs-sccache", lambda: self.maybe(0.5))
        stub["worker"] = self.worker(stub["worker-type"])
        return stub

    def treeherder(self):
        if self.maybe(0.3):
            return True
        section = {}
        if self.maybe(0.8):
            section["symbol"] = self.chance.choice(["B", "B(x)", "T(abc)", "é"] + ["B(y)", "T(z)"] * 20 + ["Q(x)", "x" * 30, "B()", "(x)"])
        if self.maybe(0.8):
            section["platform"] = self.chance.choice(["linux/opt", "win/debug", "a/b/c"] * 8 + ["mac"])
        if self.maybe(0.5):
            section["kind"] = self.chance.choice(["build", "test", "other"])
        if self.maybe(0.5):
            section["tier"] = self.chance.choice([1, 2, 3, 0])
        return section

    def index(self):
        section = {"product": self.chance.choice(["app", "tool"] * 8 + ["nothing"]), "job-name": self.chance.choice(["job", "a.b", "é"])}
        if self.maybe(0.4):
            section["type"] = self.chance.choice(["generic"] * 9 + ["other"])
        if self.maybe(0.4):
            section["rank"] = self.chance.choice(["by-tier", "build_date", 0, 12])
        return section

    def worker(self, alias):
        if alias in ("succeed", "always-optimized"):
            return self.chance.choice([{}, {"max-run-time": 5}])
        worker = {"max-run-time": self.chance.choice([60, 5400, 1])}
        add = lambda share, key, make: worker.update({key: make()}) if self.maybe(share) else None
        add(0.5, "env", lambda: {name: self.chance.choice(["x", "é", "1", {"task-reference": "<decision>"}]) for name in self.some(["A", "B"], 2)})
        add(0.3, "artifacts", lambda: [{"type": "file", "name": self.chance.choice(["public/a", "private/b", "x"]), "path": "/tmp/a"}])
        add(0.2, "retry-exit-status", lambda: self.some([1, 4, 72], 2))
        add(0.2, "purge-caches-exit-status", lambda: self.some([1, 72], 2))
        add(0.2, "chain-of-trust", lambda: self.maybe(0.5))
        add(0.2, "taskcluster-proxy", lambda: self.maybe(0.5))
        add(0.1, "skip-artifacts", lambda: self.maybe(0.5))
        if alias in ("win", "mac"):
            add(0.3, "mounts", lambda: [self.chance.choice([{"cache-name": "c", "directory": "d"}, {"file": "f", "content": {"url": "https://x/y"}}, {"directory": "d", "format": "zip", "content": {"artifact": "public/x", "task-id": {"task-reference": "<x>"}}}])])
            add(0.2, "os-groups", lambda: ["Administrators"])
            add(0.2, "run-as-administrator", lambda: self.maybe(0.5))
            add(0.2, "run-task-as-current-user", lambda: self.maybe(0.5))
        else:
            worker["docker-image"] = self.chance.choice(["debian:12"] + [{"in-tree": "linux"}, {"in-tree": "fetch"}] * 12 + [{"indexed": "a.b.c"}])
            add(0.2, "caches", lambda: [{"type": "persistent", "name": "made-up-level-3-x", "mount-point": "/x", "skip-untrusted": self.maybe(0.5)}])
            add(0.2, "volumes", lambda: ["/v"])
            for flag in ("relengapi-proxy", "allow-ptrace", "loopback-video", "loopback-audio", "docker-in-docker", "privileged"):
                add(0.05, flag, lambda: self.maybe(0.7))
        return worker

    def task(self, number):
        stub = self.common(number)
        if stub["worker-type"] not in ("succeed", "always-optimized"):
            stub["worker"]["command"] = self.chance.choice([["a", "b"], ["a", {"task-reference": "<x>"}], ["é"]])
        if self.maybe(0.3):
            stub["dependencies"] = {"x": self.chance.choice(["docker-image-base", "docker-image-linux"])}
            if self.maybe(0.3):
                stub["if-dependencies"] = ["x"]
        return stub

    def run(self, number):
        stub = self.common(number)
        if self.maybe(0.2):
            stub["when"] = {"files-changed": self.chance.choice([["src/**"], [], ["a", "b"]])}
            stub.pop("optimization", None)
        if self.maybe(0.3):
            stub["fetches"] = self.fetches()
        if stub["worker-type"] == "always-optimized" or self.maybe(0.01):
            stub["run"] = {"using": "index-search", "index-search": self.some(["a.{project}.b", "x.{level}"] * 8 + ["{nothing}"], 2)}
            return stub
        if stub["worker-type"] == "succeed" and self.maybe(0.9):
            stub["worker-type"], stub["worker"] = "linux", self.worker("linux")
        run = {"using": "run-task", "command": self.chance.choice(["make {checkout}", ["a", "b c"], {"task-reference": "x <decision>"}, ["é"]])}
        add = lambda share, key, make: run.update({key: make()}) if self.maybe(share) else None
        add(0.4, "checkout", lambda: self.chance.choice([True, False, {"ci": {"path": "x"}}, {"ci": {"head_ref": "y"}}]))
        add(0.3, "cwd", lambda: self.chance.choice(["{checkout}", "/x", "{checkout}/a"]))
        add(0.3, "use-caches", lambda: self.chance.choice([True, False, ["checkout"], ["pip", "npm"]]))
        add(0.1, "exec-with", lambda: self.chance.choice(["bash", "powershell"]))
        add(0.1, "run-as-root", lambda: self.maybe(0.5))
        add(0.1, "sparse-profile", lambda: self.chance.choice([None, "build"]))
        add(0.1, "workdir", lambda: self.chance.choice(["/builds/other", "/x"]))
        add(0.1, "run-task-command", lambda: ["python3", "run-task"])
        # On generic-worker the reference writes the word `task-reference` for such a command.
        if isinstance(run["command"], dict) and stub["worker-type"] in ("win", "mac"):
            run["command"] = "make"
        stub["run"] = run
        return stub

    def fetches(self):
        if self.maybe(0.9):
            kinds = [name for name in self.upstream if name in ("fetch", "toolchain")]
            return {kind: self.some(["app", "lib", "one", "only", {"artifact": "app", "dest": "d"}], 1) for kind in kinds}
        kinds = [name for name in self.upstream if name != "docker-image"] or ["k0"]
        entries = ["a.zst", {"artifact": "b.zst"}, {"artifact": "c", "dest": "d", "extract": False}, {"artifact": "e", "verify-hash": True}]
        return {self.chance.choice([*kinds, "app", "fetch"]): self.some(entries, 2) or ["app"]}

    def fetch(self, number):
        stub = {"description": self.text()}
        if self.maybe(0.6):
            stub["fetch"] = {"type": "static-url", "url": self.chance.choice(["https://example.org/a.tar.gz", "https://example.org/b.zip?x=1", "https://é/c.tar.xz"]), "sha256": "0" * 64, "size": self.chance.choice([1, 10**10])}
            add = lambda share, key, value: stub["fetch"].update({key: value}) if self.maybe(share) else None
            add(0.3, "strip-components", self.chance.choice([0, 1]))
            add(0.3, "add-prefix", "p/")
            add(0.3, "artifact-name", "n.tar.zst")
            add(0.2, "headers", {"A": "b"})
        else:
            stub["fetch"] = {"type": "git", "repo": self.chance.choice(["https://github.com/a/b", "https://x.org/b.git/"]), "revision": self.chance.choice(["c" * 40] * 9 + ["main"])}
            add = lambda share, key, value: stub["fetch"].update({key: value}) if self.maybe(share) else None
            add(0.3, "include-dot-git", self.maybe(0.5))
            add(0.3, "artifact-name", "n.tar.zst")
            add(0.3, "path-prefix", "p")
        for key, value in {"fetch-alias": "alias", "artifact-prefix": self.chance.choice(["public", "private/x"]), "expires-after": "1 year", "attributes": {"a": 1}}.items():
            if self.maybe(0.2):
                stub[key] = value
        return stub

    def toolchain(self, number):
        stub = self.common(number)
        stub.pop("optimization", None)
        if self.maybe(0.5):
            stub["needs-sccache"] = False
        if stub["worker-type"] in ("succeed", "always-optimized"):
            stub["worker-type"] = "linux"
            stub["worker"] = self.worker("linux")
        # Without it the reference ends with a KeyError.
        stub["worker"].setdefault("env", {})
        run = {"using": "toolchain-script", "script": self.chance.choice(["build.sh", "build.py", "build.ps1"]), "toolchain-artifact": self.chance.choice(["public/build/t.tar.zst", "private/t"])}
        add = lambda share, key, value: run.update({key: value}) if self.maybe(share) else None
        add(0.4, "arguments", self.some(["-x", "a b", "é", "'"], 3))
        add(0.4, "resources", self.some(["src/main.c", "src/*.txt", "src", "src/**"], 2))
        add(0.3, "toolchain-alias", self.chance.choice(["al", ["al", "be"]]))
        add(0.2, "toolchain-env", {"E": "f"})
        add(0.2, "sparse-profile", self.chance.choice([None, "x"]))
        stub["run"] = run
        if self.maybe(0.3):
            stub["fetches"] = self.fetches()
        return stub
