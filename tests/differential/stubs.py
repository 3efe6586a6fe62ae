"""Descriptions of tasks by chance, as the core transforms take them."""

from chance import Raw
from files import CACHES

WINDOWS, GENERIC = "win", ("win", "mac", "host", "bitbar")
DOCKER = ("linux", "linux-large", "images")


def common(chance, kind):
    """Returns keys that all descriptions may have."""
    stub = {"description": chance.text(), "worker-type": chance.choice([*DOCKER, *DOCKER, *GENERIC])}
    put = chance.put
    put(0.1, stub, "priority", "low", "very-high", "lowest", "highest", "very-low")
    put(0.4, stub, "attributes", lambda: attributes(chance))
    put(0.15, stub, "soft-dependencies", lambda: chance.some([*kind.known, "nowhere"]))
    put(0.1, stub, "requires", "all-completed", "all-resolved")
    put(0.2, stub, "deadline-after", "1 day", "2 hours", "30 minutes", "1 day 2 hours", "45s", "3d")
    put(0.2, stub, "expires-after", "1 year", "3 months", "90 days", "12 months", "1000 years", "1.5 years")
    put(
        0.2,
        stub,
        "routes",
        lambda: chance.some(
            ["a.b.c", "notify.email.x@y.z.on-failed", "notify.pulse.a.on-any", "checks", "index.a.b c", "tc-x.é"]
        ),
    )
    put(
        0.2,
        stub,
        "scopes",
        lambda: chance.some(
            ["queue:x", "secrets:get:{project}/{level}", "assume:{{y}}", "a:{level:>3}", "b:{project!r}"]
        ),
    )
    put(
        0.2,
        stub,
        "tags",
        lambda: {chance.choice(["os", "label", "kind", "x", "worker-implementation"]): chance.choice(["a", "é", ""])},
    )
    put(0.2, stub, "extra", lambda: {chance.choice(["x", "suite", "index"]): {"a": chance.value(1)}, "parent": "p"})
    put(0.3, stub, "run-on-projects", ["all"], [], ["tree"], ["try", "other"], lambda: platforms(chance))
    put(0.2, stub, "run-on-tasks-for", lambda: chance.some(["all", "github-push", "github-pull-request", "cron"]))
    put(
        0.2,
        stub,
        "run-on-git-branches",
        lambda: chance.some(["main", "all", "feature/.*", "v[0-9]+", "^ma", "x|main$"]),
    )
    put(0.2, stub, "shipping-phase", None, "build", "promote", "push", "ship")
    put(0.2, stub, "always-target", True, False)
    put(
        0.3,
        stub,
        "optimization",
        None,
        {"skip-unless-changed": ["src/**"]},
        {"skip-unless-changed": ["src/a", "*.md"]},
        {"index-search": ["a.b", "c.é"]},
        {"index-search": []},
    )
    put(0.1, stub, "needs-sccache", True, False)
    stub["worker"] = worker(chance, stub["worker-type"], kind)
    # A task must not be of a better tier than what it needs; one without Treeherder is of the worst.
    if kind.tier and not (kind.last and chance.maybe(0.2)):
        stub["treeherder"] = treeherder(chance, kind)
    put(0.2, stub, "index", lambda: index(chance, kind))
    return stub


def attributes(chance):
    made = {name: chance.value(1) for name in chance.some(["a", "b", "c d"])}
    put = chance.put
    put(0.2, made, "build_platform", "linux64", "win", "mac")
    put(0.2, made, "code-review", True, False)
    put(0.1, made, "cron", True, False)
    put(0.1, made, "artifact_prefix", "public/x", "private/y", "public")
    put(0.3, made, "shard", "s1", "s2", "s3")
    put(0.1, made, "shipping_phase", "promote", "build")
    return made


def platforms(chance):
    inner = {"by-build-platform": {"win": [], "default": ["all"]}}
    return {
        "by-build-platform": {
            "linux.*": chance.choice([["all"], inner]),
            chance.choice(["win", "mac|win"]): ["tree"],
            "default": [],
        }
    }


def treeherder(chance, kind):
    number = kind.number()
    section = {"tier": kind.tier}
    # The names of tasks that are made of others can be too long for a symbol.
    if kind.flavour == "deps" or chance.maybe(0.2):
        section["platform"] = f"p{number}/{chance.choice(['opt', 'debug', 'a/b', 'é'])}"
        chance.put(0.5, section, "symbol", "B", "T(abc)", "é", "T()")
    else:
        section["symbol"] = chance.choice([f"B(s{number})", f"s{number}", f"T({number})", f"é{number}"])
        chance.put(0.8, section, "platform", "linux/opt", "win/debug", "a/b/c")
    chance.put(0.5, section, "kind", "build", "test", "other")
    if section["tier"] == 1 and chance.maybe(0.5):
        del section["tier"]
    return section


def index(chance, kind):
    section = {
        "product": chance.choice(["app", "tool"]),
        "job-name": f"{chance.choice(['job', 'a.b', 'é'])}-{kind.number()}",
    }
    chance.put(0.4, section, "type", "generic")
    chance.put(0.5, section, "rank", "by-tier", "build_date", 0, 12, -3)
    return section


def env(chance):
    values = [
        "x",
        "é",
        "1",
        "",
        "{y}",
        {"task-reference": "<decision>"},
        {"artifact-reference": "<decision/public/x>"},
        {"task-reference": "a <<> <self>"},
    ]
    return {name: chance.choice(values) for name in chance.some(["A", "B", "C_D"], 3)}


def worker(chance, alias, kind):
    section = {"max-run-time": chance.choice([60, 5400, 1, Raw("1_000"), Raw("0x10")])}
    put = chance.put
    put(0.5, section, "env", lambda: env(chance))
    put(0.2, section, "retry-exit-status", lambda: chance.some([1, 4, 72]))
    put(0.2, section, "purge-caches-exit-status", lambda: chance.some([1, 72]))
    put(0.2, section, "chain-of-trust", True, False)
    put(0.2, section, "taskcluster-proxy", True, False)
    put(0.1, section, "skip-artifacts", True, False)
    if alias in GENERIC:
        put(0.3, section, "artifacts", lambda: artifacts(chance, ["file", "directory"], named=0.7))
        put(0.4, section, "mounts", lambda: chance.some(MOUNTS))
        put(0.2, section, "os-groups", ["Administrators"], ["a", "b"], [])
        put(0.2, section, "run-as-administrator", True, False)
        put(0.2, section, "run-task-as-current-user", True, False)
        return section
    put(0.3, section, "artifacts", lambda: artifacts(chance, ["file", "directory", "volume"], named=1))
    image = chance.choice(["debian:12", *[{"in-tree": name} for name in kind.images] * 4, {"indexed": "a.b.c"}])
    section["docker-image"] = image
    outside = image == {"in-tree": "base"} or "in-tree" not in image
    if outside:
        section["volumes"] = chance.sample(CACHES, len(CACHES)) + ["/v"]
    elif chance.maybe(0.2):
        section["volumes"] = ["/v", "/x"]
    paths = section.get("volumes", []) if outside else ["/x1", "/x2"]
    put(
        0.2,
        section,
        "caches",
        lambda: [
            {
                "type": "persistent",
                "name": f"c-{path[-1]}",
                "mount-point": path,
                **chance.choice([{}, {"skip-untrusted": True}]),
            }
            for path in chance.some(paths, 2)
        ],
    )
    for flag in (
        "relengapi-proxy",
        "allow-ptrace",
        "loopback-video",
        "loopback-audio",
        "docker-in-docker",
        "privileged",
    ):
        put(0.1, section, flag, True, True, False)
    return section


MOUNTS = [
    {"cache-name": "c", "directory": "d"},
    {"cache-name": "e", "directory": "f", "content": {"url": "https://x/y.zip"}, "format": "zip"},
    {"file": "f", "content": {"url": "https://x/y"}},
    {
        "directory": "d",
        "format": "tar.gz",
        "content": {"artifact": "public/x", "task-id": {"task-reference": "<decision>"}},
    },
    {"file": "g", "content": {"artifact": "private/x", "task-id": "abc"}},
]


def artifacts(chance, types, named):
    made = []
    for name in chance.some(["public/a", "private/b", "x", "public/build"], 2):
        made.append({"type": chance.choice(types), "name": name, "path": f"/tmp/{name}"})
        if not chance.maybe(named):
            del made[-1]["name"]
    return made


def dependencies(chance, stub, kind):
    """Tasks that this one needs, and what it takes out of them."""
    labels = chance.some(kind.needable, 2)
    if not labels or not chance.maybe(0.5):
        return
    stub["dependencies"] = {f"d{number}" if chance.maybe(0.8) else label: label for number, label in enumerate(labels)}
    if chance.maybe(0.3):
        stub["if-dependencies"] = chance.some(stub["dependencies"], least=1)


def beetmover(chance):
    release = ("app-name", "app-version", "branch", "build-id", "hash-type", "platform")
    section = {"release-properties": {key: chance.choice(["a", "é", ""]) for key in release}}
    artifact = {"taskId": {"task-reference": "<decision>"}, "taskType": "build", "paths": ["public/x"], "locale": "en"}
    section["upstream-artifacts"] = chance.choice([[], [artifact], [{**artifact, "taskId": "x"}]])
    put = chance.put
    put(0.5, section, "max-run-time", 60)
    put(0.3, section, "locale", "multi", "")
    put(0.3, section, "partner-public", True, False)
    put(0.3, section, "artifact-map", [{"paths": {"x": {}}}], {}, None, "x")
    return section


def task(chance, kind):
    stub = common(chance, kind)
    dependencies(chance, stub, kind)
    if chance.maybe(0.05):
        stub["worker-type"], stub["worker"] = "beet", beetmover(chance)
        return stub
    if chance.maybe(0.1):
        stub["worker-type"], stub["worker"] = chance.choice([("succeed", {}), ("always-optimized", {"x": 1})])
        if stub["worker-type"] == "always-optimized":
            stub["run-on-projects"] = []
        return stub
    names = [f"<{name}>" for name in stub.get("dependencies", {})] + ["<decision>", "<self>"]
    words = ["a", "b c", "é", {"task-reference": f"x {chance.choice(names)}"}, "it's"]
    commands = (
        ["a", "/usr/bin/run-task", "é"] if stub["worker-type"] in DOCKER else ["a", {"task-reference": "<decision>"}]
    )
    stub["worker"]["command"] = [chance.choice(commands), *chance.some(words)]
    if stub["worker-type"] in DOCKER:
        chance.put(0.2, stub["worker"], "command", ["a"])
        if chance.maybe(0.2):
            del stub["worker"]["command"]
    elif chance.maybe(0.5):
        stub["worker"]["command"] = [stub["worker"]["command"], ["ls"]]
    if chance.maybe(0.1) and stub["worker-type"] in DOCKER:
        stub["worker"] |= {"implementation": "docker-worker", "os": "linux"}
    return stub


def run(chance, kind):
    stub = common(chance, kind)
    if chance.maybe(0.2):
        stub["when"] = {"files-changed": chance.choice([["src/**"], [], ["a", "b"]])}
        stub.pop("optimization", None)
    dependencies(chance, stub, kind)
    if chance.maybe(0.1):
        stub["worker-type"], stub["worker"] = "always-optimized", {}
        stub["run-on-projects"] = []
        for key in ("optimization", "always-target"):
            stub.pop(key, None)
        stub["run"] = chance.choice(
            [
                {"using": "always-optimized"},
                {
                    "using": "index-search",
                    "index-search": chance.some(
                        ["a.{project}.b", "x.{level}.{head_rev}", "{version!r}.{build_date:,}", "{{z}}"]
                    ),
                },
            ]
        )
        return stub
    if chance.maybe(0.4):
        stub["fetches"] = fetches(chance, stub, kind)
    stub["run"] = run_task(chance, stub, kind)
    return stub


def run_task(chance, stub, kind):
    docker = stub["worker-type"] in DOCKER
    section = {
        "using": "run-task",
        "command": chance.choice(
            ["make {checkout}", "é", ["a", "b c"], ["a", {"task-reference": "x <decision>"}], 'it\'s "b"']
        ),
    }
    put = chance.put
    if docker:
        put(0.1, section, "command", {"task-reference": "x <decision>"}, {"artifact-reference": "<decision/private/a>"})
    put(0.5, section, "checkout", *kind.checkouts)
    put(0.3, section, "use-caches", *kind.use_caches)
    put(0.1, section, "exec-with", "bash", "powershell")
    put(0.1, section, "run-as-root", True, False)
    put(0.1, section, "sparse-profile", None, "build", "")
    put(0.1, section, "workdir", "/w", "/builds/worker")
    # The reference puts the words of a command for Windows together, which have to be text.
    if stub["worker-type"] == WINDOWS and not chance.maybe(0.05):
        section["command"] = chance.choice(["make", ["a", "b c"]])
    if stub["worker-type"] == "bitbar" or (kind.many_repositories and "checkout" not in section):
        section["checkout"] = False
    if kind.many_repositories and section["checkout"]:
        section["use-caches"] = chance.choice([False, ["pip"]])
    if stub.get("fetches") is None and chance.maybe(0.3):
        section["cwd"] = chance.choice(["/x", "a/../b"])
        if section.get("checkout", True):
            section["cwd"] = chance.choice(["{checkout}", "{checkout}/a/..", "/x", "{checkout:.4}", "."])
    if section.get("use-caches") is False or not docker:
        put(0.1, section, "run-task-command", ["python3", "run-task"], ["/opt/run-task", "--x"])
    return section


def fetches(chance, stub, kind):
    made = {}
    for name, artifacts in kind.fetchable.items():
        entries = []
        for artifact in chance.some(artifacts, 2):
            entries.append(
                chance.choice(
                    [
                        artifact,
                        artifact,
                        {"artifact": artifact},
                        {"artifact": artifact, "dest": "é"},
                        {"artifact": artifact, "extract": False, "verify-hash": True},
                    ]
                )
            )
        if entries:
            made[name] = entries
    takable = [
        name
        for name, label in stub.get("dependencies", {}).items()
        if label in kind.takable and name not in ("fetch", "toolchain")
    ]
    for name in chance.some(takable, 1):
        made[name] = chance.some(
            ["a.zst", {"artifact": "b/c.zst"}, {"artifact": "d", "dest": "e", "extract": False}], least=1
        )
    return made


TEXTS = [
    "{task[name]}",
    "a {config[kind]} {config[path]}",
    "{config[params][project]:>9}",
    "{config[graph_config][trust-domain]!r}",
    "é",
    "{{x}}",
    "{task[worker-type]}",
]


def notify(chance):
    """Returns notifications of a task, and their key."""
    states = ["on-completed", "on-defined", "on-exception", "on-failed", "on-pending", "on-resolved", "on-running"]
    text = lambda: chance.choice(TEXTS)
    emails = lambda one: {
        "by-project": {"tree.*": one(), "default": {"by-level": {"1": one(), "default": one()}}},
    }
    if chance.maybe(0.3):
        section = {"emails": chance.choice([[text(), "b@c"], emails(lambda: [text()])]), "subject": text()}
        chance.put(0.5, section, "message", text)
        chance.put(0.5, section, "status-types", lambda: chance.some(states))
        return "notifications", section
    recipients = [
        {"type": "email", "address": chance.choice([text(), emails(text)])},
        {"type": "matrix-room", "room-id": text()},
        {"type": "pulse", "routing-key": text()},
        {"type": "slack-channel", "channel-id": text()},
    ]
    section = {"recipients": chance.some(recipients, 4)}
    for recipient in section["recipients"]:
        chance.put(0.5, recipient, "status-type", *states)
    content = {
        "slack": {"text": text(), "blocks": [text()], "attachments": []},
        "email": {"subject": text(), "content": text(), "link": {"text": text(), "href": "https://x"}},
        "matrix": {"body": text(), "formatted-body": text(), "msg-type": "m.text"},
    }
    services = chance.some(content)
    chance.put(0.7, section, "content", {name: content[name] for name in services})
    return "notify", section


def alone(chance, stub, kind):
    """Adds keys of a description that becomes a single task. Returns its label, if it has one of its own."""
    if kind.flavour not in ("task", "run"):
        return None
    chance.put(
        0.05,
        stub,
        "routes",
        lambda: [f"index.made-up.v2.tree.{kind.number()}.r{number}" for number in range(chance.choice([62, 64, 70]))],
    )
    if "symbol" in stub.get("treeherder", {}):
        # The symbol of a kind is its initials: one task of the tree can do without another.
        chance.put(0.03, stub, "treeherder", True)
    chance.put(0.05, stub, "label", lambda: f"é label {kind.number()}")
    return stub.get("label")
