"""Transforms that fan a stub out or fill text in: their sections, and placeholders in a stub that they will fill."""

FORMATS = ["", "", "", "!r", "!s", ":>5", ":.3"]


def fan_out(chance, stub, name, steps, kind):
    """Makes the stub ready for these steps, which come before all others. Returns its name, and what its names will be.

    Text is formatted once by each step that has its field, so the last step is seen to first: whatever a later one has
    put there has to pass through the earlier one.
    """
    names = Names(name)
    for place, step in reversed(list(enumerate(steps))):
        names.earlier = steps[:place]
        {"matrix": matrix, "chunking": chunking, "task_context": task_context}[step](chance, stub, names, kind)
    return names.template, names.made()


class Names:
    """The name of a stub as it is written, and what each step makes of it."""

    def __init__(self, name):
        self.template = name
        self.steps = []
        self.earlier = []

    def made(self):
        names = [self.template]
        for step in reversed(self.steps):
            names = [made for name in names for made in step(name)]
        return names


def escape(value):
    """Returns a template that formatting turns into this value."""
    match value:
        case str():
            return type(value)(value.replace("{", "{{").replace("}", "}}"))
        case list():
            return [escape(item) for item in value]
        case dict():
            return {escape(key): escape(item) for key, item in value.items()}
    return value


def fields(chance, stub, wanted=()):
    """Some fields of a stub that a step may fill, with dots; what has to be unique is among them."""
    there = [
        field
        for field in [
            "description",
            "attributes",
            "extra",
            "worker.env",
            "tags",
            "scopes",
            "run.command",
            "run.arguments",
            "routes",
        ]
        if has(stub, field)
    ]
    return [*wanted, *chance.some(there, 2)]


def unique(stub):
    """Fields of a stub of which Treeherder and the index want one in the world."""
    made = []
    if isinstance(stub.get("treeherder"), dict):
        platform = stub["treeherder"].get("platform", "")
        made.append("treeherder.platform" if platform[:1] == "p" else "treeherder.symbol")
    if "index" in stub:
        made.append("index.job-name")
    if isinstance(stub.get("run", {}).get("toolchain-alias"), (str, list)):
        made.append("run.toolchain-alias")
    return made


def has(stub, field):
    for key in field.split("."):
        if not isinstance(stub, dict) or key not in stub:
            return False
        stub = stub[key]
    return True


def change(stub, field, make):
    *path, last = field.split(".")
    for key in path:
        stub = stub[key]
    stub[last] = make(stub[last])


def mark(chance, value, placeholder):
    """The value with a placeholder somewhere in its text, if it has any."""
    match value:
        case str() if type(value) is str:
            return value.rstrip(")") + placeholder + ")" * value.endswith(")")
        case list() if value:
            place = chance.randrange(len(value))
            return [mark(chance, item, placeholder) if place == number else item for number, item in enumerate(value)]
        case dict() if value:
            place = chance.choice([*value])
            if place.startswith("by-") or place in ("task-reference", "artifact-reference"):
                return value
            if chance.maybe(0.2) and isinstance(value[place], str):
                return {(key + placeholder if key == place else key): item for key, item in value.items()}
            return {key: mark(chance, item, placeholder) if key == place else item for key, item in value.items()}
    return value


def fill(chance, stub, chosen, wanted, placeholder):
    """Escapes the chosen fields and writes placeholders into them: for sure into those that have to be unique."""
    for field in chosen:
        change(stub, field, escape)
        if field in wanted:
            every = lambda value: (
                [item + placeholder() for item in value]
                if isinstance(value, list)
                else value.rstrip(")") + placeholder() + ")" * value.endswith(")")
            )
            change(stub, field, every)
        elif chance.maybe(0.7) and field != "routes":
            change(stub, field, lambda value: mark(chance, value, placeholder(formats=True)))


def chunking(chance, stub, names, kind):
    total = chance.choice([1, 2, 3, 4, 12])
    if chance.maybe(0.02):
        total = 0
    wanted = unique(stub)
    chosen = fields(chance, stub, wanted)

    def placeholder(formats=False):
        text = "{this_chunk%s}" % (chance.choice(["", ":>03", ":d", "!r"]) if formats else "")
        return chance.choice([f"-{text}", f"-{text}of{{total_chunks}}" if formats else f"-{text}"])

    fill(chance, stub, chosen, wanted, placeholder)
    names.template = escape(names.template) + chance.choice(
        ["-{this_chunk}", "-{this_chunk:>03}", "-{this_chunk}-{total_chunks}"]
    )
    names.steps.append(
        lambda name: [name.format(this_chunk=number, total_chunks=total) for number in range(1, total + 1)]
    )
    # The order in which fields are named is that in which keys are made.
    stub["chunk"] = {"total-chunks": total, "substitution-fields": chance.sample(["name", *chosen], len(chosen) + 1)}


def matrix(chance, stub, names, kind):
    values = {
        key: chance.some(["a", "b", "c.1", "é", "x y"], 3, least=chance.randint(0, 1))
        for key in chance.some(["os", "mode", "v"], 2, least=1)
    }
    section = dict(values)
    exclude = []
    if chance.maybe(0.3):
        exclude = [{key: chance.choice(["a", "b"]) for key in values if chance.maybe(0.7)} or {"os": "a"}]
        section["exclude"] = exclude
    wanted = unique(stub)
    every = chance.maybe(0.2) and set(wanted) <= {"treeherder.symbol", "treeherder.platform", "index.job-name"}
    chosen = list(stub) if every else fields(chance, stub, wanted)
    placeholder = lambda formats=False: (
        "-" + "".join("{matrix[%s]%s}" % (key, chance.choice(FORMATS) if formats else "") for key in values)
    )
    if every:
        for field in wanted:
            change(stub, field, lambda value: value.rstrip(")") + "\0" + ")" * value.endswith(")"))
        for field in chosen:
            change(stub, field, escape)
        for field in wanted:
            change(stub, field, lambda value: value.replace("\0", placeholder()))
    else:
        fill(chance, stub, chosen, wanted, placeholder)
    formatted = every or chance.maybe(0.5)
    if chance.maybe(0.3) and kind.flavour != "deps" and "chunking" not in names.earlier:
        # Whatever later steps need of the name has to be in it; what earlier ones made of it is gone.
        section["set-name"] = escape(names.template) + f"-m{kind.number()}" + placeholder()
        formatted = True
    elif formatted:
        names.template = escape(names.template)
    if not every:
        section["substitution-fields"] = chance.sample(
            ["name", *chosen] if formatted else chosen, len(chosen) + formatted
        )

    def made(name):
        rows = [({}, name)]
        for key, row in values.items():
            rows = [({**taken, key: value}, f"{made}-{value}") for taken, made in rows for value in row]
            rows = [
                (taken, made)
                for taken, made in rows
                if not any(all(taken.get(k) == v for k, v in rule.items()) for rule in exclude)
            ]
        return [(section.get("set-name") or made).format(matrix=taken) if formatted else made for taken, made in rows]

    names.steps.append(made)
    stub["matrix"] = section


def task_context(chance, stub, names, kind):
    context = {}
    made = {}
    for key in chance.some(["color", "threads", "who", "ä", "n"], 3):
        made[key] = chance.value(1)
    if made or chance.maybe(0.5):
        context["from-object"] = made
    known = [*made, "name"]
    if chance.maybe(0.5):
        paths = chance.some(
            [
                "owner",
                ["nothing", "head_rev"],
                "nothing.here",
                ["build_date"],
                "version",
                "training.src",
                ["training.none", "training.limit"],
                "files_changed",
                "code-review",
            ],
            2,
        )
        context["from-parameters"] = {f"p{number}": path for number, path in enumerate(paths)}
        known += context["from-parameters"]
    if chance.maybe(0.2):
        context["from-file"] = "taskcluster/context.yml"
        known += ["color", "threads", "nothing", "list"]
    chosen = fields(chance, stub, [] if kind.flavour != "deps" else unique(stub))
    wanted = unique(stub) if kind.flavour == "deps" else []

    def placeholder(formats=False):
        return "-{%s%s}" % ((chance.choice(known), chance.choice(["", "", "!s", "!r"])) if formats else ("name", ""))

    fill(chance, stub, chosen, wanted, placeholder)
    context["substitution-fields"] = chosen
    stub["task-context"] = context
