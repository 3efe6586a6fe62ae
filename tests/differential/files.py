"""Files that are the same in every tree: those whose content is hashed have to be committed, and a commit takes time."""

CACHES = [
    f"{work}/{cache}"
    for work in ("/builds/worker", "/w")
    for cache in ("checkouts", ".task-cache/cargo", ".task-cache/npm", ".task-cache/pip", ".task-cache/uv")
]
VOLUMES = "".join(f"VOLUME {path} /x{number}\n" for number, path in enumerate(CACHES))

FILES = {
    "taskcluster/docker/base/Dockerfile": "FROM debian\n# %include-run-task\n# %include src\n",
    "taskcluster/docker/base/set-up.sh": "#!/bin/sh\n",
    "taskcluster/docker/fetch/Dockerfile": "FROM debian\n# %include-run-task\n# %include src/main.c\n" + VOLUMES,
    "taskcluster/docker/linux/Dockerfile": "# %ARG VERSION\nFROM $PARENT:$VERSION\nRUN echo $VERSIONS\n" + VOLUMES,
    "taskcluster/docker/toolchain-build/Dockerfile": "FROM $DOCKER_IMAGE_PARENT\n" + VOLUMES,
    "taskcluster/scripts/toolchain/build.sh": "make\n",
    "taskcluster/scripts/toolchain/build.ps1": "make\n",
    "taskcluster/scripts/toolchain/lib/build.py": "make\n",
    "taskcluster/context.yml": "color: red\nthreads: 3\nnothing: ~\nlist: [a, 1.5, true]\n'1': one\n",
    "src/main.c": "int main;\n",
    "src/a/b.txt": "b\n",
    "src/a/c/d.txt": "d\n",
    "src/e.txt": "e\n",
    "src/ä.txt": "ä\n",
}

REVISIONS = {"base_rev": "a" * 40, "head_rev": "b" * 40}

PARAMETERS = {
    "base_ref": "main",
    "base_repository": "https://github.com/example/tree",
    "build_date": 1700603004,
    "build_number": 1,
    "do_not_optimize": [],
    "enable_always_target": True,
    "existing_tasks": {},
    "files_changed": [],
    "filters": ["target_tasks_method"],
    "head_ref": "refs/heads/main",
    "head_repository": "https://github.com/example/tree",
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
    **REVISIONS,
}

WORKERS = {
    "images": {
        "provisioner": "{trust-domain}-{level}",
        "implementation": "docker-worker",
        "os": "linux",
        "worker-type": "images",
    },
    "linux.*": {
        "provisioner": {"by-level": {"3": "made-up-3", "default": "made-up-1"}},
        "implementation": "docker-worker",
        "os": "linux",
        "worker-type": "{alias}",
    },
    "win": {"provisioner": "made-up-t", "implementation": "generic-worker", "os": "windows", "worker-type": "win"},
    "mac": {
        "provisioner": "made-up-t",
        "implementation": "generic-worker",
        "os": "macosx",
        "worker-type": {"by-level": {"1|2": "mac-{level}", "default": "mac"}},
    },
    "host": {"provisioner": "made-up-t", "implementation": "generic-worker", "os": "linux", "worker-type": "host"},
    "bitbar": {
        "provisioner": "made-up-t",
        "implementation": "generic-worker",
        "os": "linux-bitbar",
        "worker-type": "bitbar",
    },
    "beet": {
        "provisioner": "made-up-s",
        "implementation": "beetmover",
        "os": "scriptworker",
        "worker-type": "beet-{level}",
    },
    "misc": {"provisioner": "made-up-{level}", "implementation": "docker-worker", "os": "linux", "worker-type": "misc"},
}

CONFIG = {
    "trust-domain": "made-up",
    "task-priority": {"by-project": {"tree": "medium", "default": "low"}},
    "taskgraph": {"repositories": {"ci": {"name": "Made up"}}, "run": {"use-caches": ["checkout", "pip"]}},
    "index": {"products": ["app", "tool"]},
    "treeherder": {"group-names": {"B": "Builds", "T": "Tests", "Fetch": "Fetches", "TL": "Toolchains", "I": "Images"}},
    "workers": {"aliases": WORKERS},
}
