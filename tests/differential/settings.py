"""The config of a tree and the parameters of a graph, by chance."""

from chance import Raw, own
from files import CONFIG, PARAMETERS


def config(chance):
    """The config of a tree."""
    made = own(CONFIG)
    put = chance.put
    put(
        0.3,
        made,
        "task-priority",
        "high",
        {"by-level": {"3": "high", "default": "low"}},
        {
            "by-project": {
                "tree.*": "lowest",
                "other|try": "highest",
                "default": {"by-level": {"1": "low", "default": "high"}},
            }
        },
    )
    put(0.3, made, "task-expires-after", "90 days", "1 year", "2 weeks", "7d")
    put(
        0.3,
        made,
        "task-deadline-after",
        "1 day",
        {"by-project": {"tree": "2 days", "default": "3 days"}},
        {"by-project": {"try.*": "1 hour", "tree.*": "2 hours", "default": "5 days"}},
    )
    section = made["taskgraph"]
    put(
        0.3,
        section,
        "run",
        {"use-caches": True},
        {"use-caches": False},
        {"use-caches": ["checkout"]},
        {"use-caches": ["pip", "cargo", "uv", "npm"]},
        {},
    )
    if chance.maybe(0.1):
        del section["run"]
    put(0.2, section, "cached-task-prefix", "app", "a.{b}")
    put(0.2, section, "cache-pull-requests", True, False)
    put(0.1, section, "index-path-regexes", [r"(made-up\.cache\.).*"], [r"^(x\.)(y)?"])
    put(0.1, made, "trust-domain", "tree", "a_b-C")
    put(0.1, made, "unknown", chance.value)
    repository = section["repositories"]["ci"]
    put(0.2, repository, "ssh-secret-name", "project/secret")
    put(0.2, repository, "default-ref", "main")
    if chance.maybe(0.1):
        section["repositories"]["ci"]["project-regex"] = "t.*$"
        section["repositories"]["other"] = {
            "name": "Other",
            "project-regex": "o.*$",
            "default-repository": "https://github.com/example/other",
            "default-ref": "main",
            "type": chance.choice(["git", "hg"]),
        }
        # Of the repository that the project is of, the parameters say more than the config does.
        section["repositories"]["ci"] |= {
            "default-repository": "https://github.com/example/ci",
            "default-ref": "main",
            "type": "git",
        }
        section["run"] = {"use-caches": False}
    if chance.maybe(0.1):
        del made["treeherder"]
    if chance.maybe(0.05):
        made["workers"]["aliases"] = {
            **made["workers"]["aliases"],
            "t-.*": {
                "provisioner": "p",
                "implementation": "docker-worker",
                "os": "linux",
                "worker-type": "{alias}",
            },
        }
    return made


def parameters(chance, tree):
    """The parameters of a graph of the tree."""
    made = own(PARAMETERS)
    put = chance.put
    put(0.4, made, "level", "1", "2", "3")
    put(
        0.3,
        made,
        "tasks_for",
        "github-pull-request",
        "cron",
        "action",
        "github-release",
        "github-pull-request-untrusted",
        "",
        "hg-push",
    )
    put(
        0.2,
        made,
        "project",
        "tree-try",
        "tree",
        "try" if len(tree.config["taskgraph"]["repositories"]) == 1 else "trees",
    )
    put(0.2, made, "head_ref", "main", "refs/heads/feature/x", "refs/tags/v1", "é", "")
    put(0.1, made, "head_tag", "v1.0", "é")
    put(0.2, made, "target_tasks_method", "default", "nothing", "codereview")
    put(0.1, made, "filters", [], ["target_tasks_method", "target_tasks_method"])
    put(
        0.2,
        made,
        "head_repository",
        "https://github.com/example/tree/",
        "git@github.com:example/tree.git",
        "https://github.com/é/tree",
    )
    put(0.1, made, "base_repository", "https://github.com/example/base.git", "git@github.com:example/base")
    if chance.maybe(0.1):
        made |= {"repository_type": "hg", "head_repository": "https://hg.example.org/tree"}
    put(0.3, made, "files_changed", ["src/main.c"], ["src/ä.txt", "x"], ["README.md"])
    put(0.2, made, "enable_always_target", False, ["docker-image"], [kind.name for kind in tree.kinds], [])
    put(0.2, made, "optimize_target_tasks", False)
    put(0.2, made, "do_not_optimize", lambda: chance.some([*tree.labels, "nowhere"]))
    put(
        0.2,
        made,
        "existing_tasks",
        lambda: {label: f"{chance.randrange(10**10):A<22}" for label in chance.some(tree.labels)},
    )
    put(0.1, made, "version", "1.0", "é {x}")
    put(0.2, made, "training", {"src": "ru", "limit": 5, "none": None}, {"limit": {"a": [1.5]}})
    put(0.2, made, "code-review", {"phabricator-build-target": "PHID"})
    put(0.1, made, "build_date", 0, 1, Raw("1_700_000_000"))
    put(0.1, made, "base_rev", made["head_rev"])
    put(0.1, made, "pushlog_id", "17")
    put(
        0.1,
        made,
        "target-kinds",
        lambda: [kind.name for kind in chance.some([kind for kind in tree.kinds if kind.flavour != "images"], 1)],
    )
    return made
