"""Writes a tree down, in as many ways as YAML has."""

import shutil

import yaml
from chance import Raw


class Dumper(yaml.SafeDumper):
    """Writes what is the same object once, if somebody has meant it: see `shared`."""

    shared = ()

    def ignore_aliases(self, data):
        return id(data) not in self.shared


Dumper.add_representer(
    Raw, lambda dumper, text: yaml.ScalarNode(dumper.resolve(yaml.ScalarNode, str(text), (True, False)), str(text))
)


def write(chance, top, files, parameters):
    shutil.rmtree(top / "taskcluster" / "kinds", ignore_errors=True)
    for path, value in [*files.items(), ("parameters.yml", parameters)]:
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(dump(chance, value))


def dump(chance, value):
    class OfThisFile(Dumper):
        shared = frozenset(share(chance, value) if chance.maybe(0.3) else ())

    style = {
        "default_flow_style": chance.choice([None, None, False, False, True]),
        "allow_unicode": chance.maybe(0.8),
        "width": chance.choice([20, 80, 80, 1000]),
        "indent": chance.choice([2, 4]),
        "explicit_start": chance.maybe(0.2),
        "explicit_end": chance.maybe(0.1),
        "line_break": chance.choice(["\n"] * 9 + ["\r\n"]),
    }
    text = yaml.dump(value, Dumper=OfThisFile, sort_keys=False, **style)
    return ("# A comment\n" + text) if chance.maybe(0.1) and not style["explicit_start"] else text


# What no transform of the reference changes in place. Elsewhere a change in one task would be seen in another.
SHARABLE = ("treeherder", "index", "run-on-projects", "run-on-tasks-for", "optimization", "shipping-phase")


def share(chance, kind):
    """Makes equal sections of stubs one object, which is written once and referred to. Returns which."""
    tasks = kind.get("tasks")
    if not isinstance(tasks, dict) or any(word in str(kind) for word in ("substitution-fields", "matrix", "chunk")):
        return
    first = {}
    for stub in tasks.values():
        if not isinstance(stub, dict):
            continue
        for key in SHARABLE:
            if isinstance(stub.get(key), (dict, list)) and stub[key]:
                stub[key] = first.setdefault((key, repr(stub[key])), stub[key])
                yield id(stub[key])
        if chance.maybe(0.3) and "run-on-projects" in stub:
            # A merge key: what the stub says itself wins.
            base = first.setdefault("base", {"run-on-projects": ["all"], "priority": "low", "description": "Merged"})
            items = list(stub.items())
            stub.clear()
            stub[Raw("<<")] = base
            stub.update(items)
            yield id(base)
