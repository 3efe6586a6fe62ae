"""The parameters for which a commit is compared: its own default, and changes of it that lead through other code."""

import copy

REPOSITORY = "https://github.com/mozilla/translations"

BASE = {
    "base_ref": "origin/main",
    "base_repository": REPOSITORY,
    "base_rev": "fd3125862741e231e5b4a43e2bde715e1ee05482",
    "build_date": 1700603004,
    "build_number": 1,
    "do_not_optimize": [],
    "enable_always_target": True,
    "existing_tasks": {},
    "files_changed": [],
    "filters": ["target_tasks_method"],
    "head_ref": "refs/heads/main",
    "head_repository": REPOSITORY,
    "head_rev": "fd3125862741e231e5b4a43e2bde715e1ee05482",
    "head_tag": "",
    "level": "1",
    "moz_build_date": "20231121214324",
    "next_version": None,
    "optimize_strategies": None,
    "optimize_target_tasks": True,
    "owner": "someone@example.org",
    "project": "firefox-translations-training",
    "pushdate": 0,
    "pushlog_id": "0",
    "repository_type": "git",
    "target_tasks_method": "train-target-tasks",
    "tasks_for": "github-push",
    "version": None,
}

# Kinds that the program makes on purpose where a model is trained further, and the reference leaves out: see
# docs/parity.md. What is said of them with such a model counts neither way.
EVALUATION = ("evaluate-", "upload-eval", "all-pr-pipeline", "all-pipeline")

ASKED = ("default", "evaluation", "several", "pull-request")

PLACE = "https://example.com"
VOCABULARY = {"src": f"{PLACE}/vocab.src.spm", "trg": f"{PLACE}/vocab.trg.spm"}


class Config:
    def __init__(self, name, training, urls=(), apart=(), **parameters):
        self.name, self.urls, self.apart = name, list(urls), tuple(apart)
        # What comes after the full graph does not follow from the training config alone: some configs say enough of it.
        self.asks = {"methods": name in ASKED, "actions": name in ASKED, "morph": name in ASKED}
        self.parameters = BASE | parameters
        if training is not None:
            self.parameters["training_config"] = training


def corpus(name):
    return {"src": f"{PLACE}/{name}/src.zst", "trg": f"{PLACE}/{name}/trg.zst"}


def models_of(training):
    """The urls of all models that a training config names."""
    for section in (training.get("continuation", {}).get("models"), training["experiment"].get("pretrained-models")):
        for model in (section or {}).values():
            yield from model.get("urls", [model["url"]] if "url" in model else [])


def of_commit(default, production, evaluation, schema):
    """The configs of a commit whose default training config is `default`, and the input of whose action `evaluate` may be
    `evaluation`. `schema` is the text of its parameters.py."""
    out = [Config("default", None)]

    def changed(*paths):
        config = copy.deepcopy(default)
        for path, value in paths:
            at = config
            *above, last = path.split("/")
            for part in above:
                at = at.setdefault(part, {})
            if value is None:
                at.pop(last, None)
            else:
                at[last] = value
        return config

    if production is not None:
        urls = [f"{url.rstrip('/')}/vocab.spm" for url in models_of(production)]
        out.append(Config("production", production, urls, tasks_for="action", level="3"))
    if evaluation is not None:
        method = {"target_tasks_method": "final-eval-target-tasks", "target-stage": "final-eval"}
        out.append(Config("evaluation", None, eval_config=evaluation, tasks_for="action", **method))
    several = changed(
        ("experiment/name", "several"),
        ("experiment/src", "zh"),
        ("experiment/teacher-ensemble", 2),
        ("experiment/archive-corpora", True),
        ("experiment/spm-vocab-split", True),
        ("experiment/opuscleaner-mode", "defaults"),
        ("taskcluster/split-chunks", 3),
        ("taskcluster/worker-classes/default", "gcp-standard"),
        ("taskcluster/worker-classes/train-teacher", "gcp-spot"),
        ("datasets/train", ["opus_ada83/v1", "mtdata_Tilde-airbaltic-1-eng-rus", f"url_{PLACE}/d.[LANG].zst"]),
        ("datasets/mono-src", ["news-crawl_news.2008", "hplt_mono/v2.0", "opus_NLLB/v1"]),
        ("target-stage", "evaluate-teacher"),
        ("wandb-publication", False),
    )
    if "archive-corpora" not in default["experiment"]:
        del several["experiment"]["archive-corpora"]
    out.append(Config("several", several, tasks_for="cron"))
    request = changed(("target-stage", "all-pr-pipeline"), ("datasets/mono-trg", ["opus_NLLB/v1"]))
    fork = "https://github.com/someone/translations"
    files = ["pipeline/train/train.py", "inference/src/a.cpp", "taskcluster/docker/train/Dockerfile"]
    changes = {"tasks_for": "github-pull-request", "head_repository": fork, "files_changed": files}
    out.append(Config("pull-request", request, **changes))

    # Models, as the layout of 2024 has them, and as that of 2025.
    def pretrained(mode):
        teacher = {"urls": [f"{PLACE}/teacher"], "mode": mode, "type": "default"}
        backwards = {"urls": [f"{PLACE}/backwards"], "mode": mode, "type": "default"}
        return {"train-teacher": teacher, "train-backwards": backwards}

    def models(mode):
        teacher = {"urls": [f"{PLACE}/teacher"], "mode": mode, "type": "default"}
        return {"teacher": teacher, "backwards": {"url": f"{PLACE}/backwards", "mode": mode, "type": "default"}}

    urls = [f"{PLACE}/{model}/vocab.spm" for model in ("teacher", "backwards")]
    # The reference drops the evaluation of a teacher, and does not take the teacher: see docs/parity.md.
    for mode in ("use", "continue"):
        apart = EVALUATION if mode == "continue" else ()
        if "pretrained-models" in schema:
            config = changed(("experiment/pretrained-models", pretrained(mode)))
            out.append(Config(f"pretrained-{mode}", config, urls, apart))
        if "continuation" in schema:
            given = models(mode)
            if mode == "use":
                del given["teacher"]
            config = changed(("continuation/models", given), ("continuation/vocab", VOCABULARY))
            out.append(Config(f"models-{mode}", config, urls, apart))
    if "continuation" not in schema:
        return out
    given = {"backtranslations": corpus("backtranslations")}
    out.append(Config("corpus-backtranslations", changed(("continuation/corpora", given))))
    gone = [(f"datasets/{category}", None) for category in ("train", "mono-src", "mono-trg")]
    for name in ("distillation", "parallel"):
        paths = [("continuation/corpora", {name: corpus(name)}), ("continuation/vocab", VOCABULARY)]
        paths += gone if name == "distillation" else gone[:1]
        out.append(Config(f"corpus-{name}", changed(*paths)))
    return out


def wrong(config, keys):
    """Changes of a training config that a schema may refuse or take: every key gone, of another type, or one more beside
    it; and each of `keys`, paths with values, that some commit knows. Their names, and the configs."""
    cases = []

    def change(name, path, value):
        changed = copy.deepcopy(config)
        at = changed
        for part in path[:-1]:
            at = at.setdefault(part, {})
            if not isinstance(at, dict):
                return
        if value is ...:
            at.pop(path[-1])
        else:
            at[path[-1]] = value
        cases.append((name, changed))

    def walk(at, path):
        for key, value in at.items():
            here = (*path, key)
            other = {"x": 1} if isinstance(value, list) else [] if isinstance(value, str) else "x"
            change(f"{'/'.join(here)} is of another type", here, other)
            change(f"{'/'.join(here)} is gone", here, ...)
            if isinstance(value, list) and value:
                change(f"{'/'.join(here)} has a number", here, [*value, 7])
            if isinstance(value, dict):
                walk(value, here)
        change(f"{'/'.join(path)} has one key more", (*path, "no-such-key"), "x")

    walk(config, ())
    for path, value in keys:
        change(f"{'/'.join(path)} is there", path, value)
    return cases
