"""The Python modules of a commit: what they import from the tree, and texts that mean the same."""

import ast
import hashlib

ABSENT = "-"


def digest(text):
    return hashlib.sha256(text).hexdigest()[:16]


def meaning(text):
    """The syntax tree without docstrings; none if it is no Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list) or not body or not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            continue
        first = body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            body.pop(0)
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


# An `__init__.py` that is not there does what an empty one does.
NOTHING = meaning(b"")


class Modules:
    """The modules below the root of a tree, by file."""

    def __init__(self, texts):
        self.texts = texts

    def meaning(self, file):
        text = self.texts.get(file)
        return NOTHING if text is None else meaning(text)

    def file(self, module):
        """The file of a dotted name, unless it is not of the tree."""
        path = module.replace(".", "/")
        for file in (f"{path}/__init__.py", f"{path}.py"):
            if file in self.texts:
                return file
        if any(known.startswith(f"{path}/") for known in self.texts):
            return f"{path}/__init__.py"
        return None

    def imports(self, file):
        """The dotted names that a file imports, wherever it does so."""
        if file not in self.texts:
            return
        package = file.removesuffix("/__init__.py").removesuffix(".py").split("/")
        package = package if file.endswith("/__init__.py") else package[:-1]
        for node in ast.walk(ast.parse(self.texts[file])):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = package[: len(package) - node.level + 1] if node.level else []
                base = ".".join([*base, *filter(None, [node.module])])
                yield base
                # A name may be a module.
                yield from (f"{base}.{alias.name}" for alias in node.names)

    def closure(self, *modules):
        """The files of modules and of all that they import from the tree, with the packages that they are in."""
        files, todo = set(), list(modules)
        while todo:
            parts = todo.pop().split(".")
            for end in range(1, len(parts) + 1):
                file = self.file(".".join(parts[:end]))
                if file is None or file in files:
                    continue
                files.add(file)
                todo.extend(self.imports(file))
        return sorted(files)


def keys(text):
    """The paths of the training config that a parameters.py knows, with a value that fits each."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "extend_parameters_schema":
            (schema, *_) = node.args
            break
    else:
        return []
    out = []

    def value(node, key=""):
        match node:
            case ast.Name(id="str"):
                # The program refuses what no run could begin with.
                return {"mode": "use", "type": "default"}.get(key, "https://example.com/x")
            case ast.Name(id="int"):
                return 1
            case ast.Name(id="float"):
                return 0.5
            case ast.Name(id="bool"):
                return True
            case ast.List(elts=[item]):
                return [value(item, key)]
            case ast.Dict():
                pairs = zip(node.keys, node.values)
                return {name(key): value(inner, name(key)) for key, inner in pairs if is_required(key) and name(key)}
            case _:
                return "x"

    def name(node):
        match node:
            case ast.Call(args=[ast.Constant(value=str(text))]):
                return text
            case ast.Constant(value=str(text)):
                return text
        return None

    def is_required(node):
        return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Required"

    def walk(node, path):
        if not isinstance(node, ast.Dict):
            return
        for key, inner in zip(node.keys, node.values):
            if name(key):
                here = (*path, name(key))
                out.append((here, value(inner, name(key))))
                walk(inner, here)

    walk(schema, ())
    return [(path[1:], fitting) for path, fitting in out if path[0] == "training_config" and path[1:]]
