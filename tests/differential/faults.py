"""One thing wrong in a tree that is right otherwise."""

from chance import Raw, own


def spoil(chance, files, parameters):
    """The tree and its parameters with something broken. Nothing that was given is changed."""
    files, parameters = own(files), own(parameters)
    for _ in range(20):
        place = chance.choice([*files, *files, "parameters"])
        if fault(chance, parameters if place == "parameters" else files[place], place):
            break
    return files, parameters


def fault(chance, value, place):
    """Goes down to some section, and breaks something there. Tells whether it did."""
    sections = list(walk(value))
    section, key = chance.choice(sections)
    if place == "parameters":
        # What is not given is the current time, which is another one for each program.
        section, key = value, chance.choice([key for key in value if "date" not in key])
    kinds = [remove, rename, another, another, add, word, format_string]
    return chance.choice(kinds)(chance, section, key)


def walk(value):
    """Every section with each of its keys."""
    match value:
        case dict():
            for key, inner in value.items():
                yield value, key
                yield from walk(inner)
        case list():
            for number, inner in enumerate(value):
                yield value, number
                yield from walk(inner)


def remove(chance, section, key):
    del section[key]
    return True


def rename(chance, section, key):
    if not isinstance(section, dict):
        return False
    renamed = key + chance.choice(["s", "-", "x"]) if chance.maybe(0.7) else key.replace("-", "_")
    items = [(renamed if name == key else name, value) for name, value in section.items()]
    section.clear()
    section.update(items)
    return renamed != key


def another(chance, section, key):
    """A value of another sort."""
    there = section[key]
    values = [
        None,
        "x",
        7,
        1.5,
        True,
        [],
        {},
        ["x"],
        {"x": "y"},
        [7],
        "",
        -1,
        Raw("2024-01-01"),
        {"task-reference": "<nothing>"},
    ]
    # On generic-worker the reference writes the word `task-reference` for such a command, see docs/parity.md.
    if key == "command":
        values.pop()
    section[key] = chance.choice([value for value in values if type(value) is not type(there)])
    return True


def add(chance, section, key):
    """A key that is known nowhere, or somewhere else."""
    if isinstance(section, list):
        section.append(chance.choice([None, 7, [], {}, section[key]]))
    else:
        section[
            chance.choice(
                [
                    "unknown",
                    "when",
                    "by-level",
                    "name",
                    "label",
                    "docker-image",
                    "kind",
                    "run",
                    "1",
                    Raw("7"),
                    Raw("yes"),
                    Raw("~"),
                    Raw("1.5"),
                ]
            )
        ] = chance.choice(["x", 1, [], {}])
    return True


def word(chance, section, key):
    """A word that is none of those that are allowed."""
    if type(section[key]) is not str:
        return False
    there = section[key]
    section[key] = chance.choice([there + "x", there.upper(), there[:-1], "", "nowhere", "x/y", there + " "])
    return section[key] != there


def format_string(chance, section, key):
    if type(section[key]) is not str:
        return False
    section[key] += chance.choice(
        ["{", "}", "{}", "{0}", "{x}", "{x.y}", "{x[0]}", "{:d}", "(", "<", "<x>", "*", "[", "\\"]
    )
    return True
