import os

from .trees import VERSION, TreeCase


class Errors(TreeCase):
    def error_of(self, body, fork=None, parameters=None):
        """The error of a kind whose only transform has this body, made in both ways."""
        self.steps("fails", body)
        self.kind("it", transforms=["fails"])
        errors = []
        for each in (False, True) if fork is None else (fork,):
            worker = self.opened(parameters=parameters)
            errors.append(self.not_made(worker, "it", fork=each))
            # the worker goes on
            self.assertIn("changed", worker.call("finish_kinds"))
        for error in errors:
            self.assertEqual(error, errors[0])
        return errors[0]

    def in_tree(self, error):
        """(file, line, function) of the frames in the tree"""
        return [
            (os.path.relpath(f["file"], self.folder), f["line"], f["function"].rpartition(".")[2])
            for f in error["frames"]
            if f["in_tree"]
        ]

    path = "taskcluster/example_taskgraph/fails.py"

    def test_an_exception_in_the_middle_of_a_generator(self):
        error = self.error_of(
            """
            def inner(task):
                raise ValueError("größer als erlaubt: %r" % task["name"])
            yield {"name": "fine"}
            for task in tasks:
                inner(task)
            """
        )
        self.assertEqual((error["type"], error["message"]), ("ValueError", "größer als erlaubt: 'one'"))
        # the transform behind it is a frame too: it pulls
        self.assertEqual(self.in_tree(error)[1:], [(self.path, 12, "fails"), (self.path, 9, "inner")])
        self.assertEqual(self.in_tree(error)[0][2], "plain")
        self.assertIn("raise ValueError", error["frames"][-1]["text"])
        self.assertEqual(error["transform"], "example_taskgraph.fails:fails")
        definition = {"file": os.path.join(self.folder, self.path), "line": 7, "function": "fails", "in_tree": True}
        self.assertEqual(error["transform_at"], definition)

    def test_a_transform_that_forgets_to_yield(self):
        error = self.error_of("for task in tasks:\n    pass\n")
        self.assertIn("generator", error["message"])
        self.assertIn("<function fails>", error["message"])
        self.assertEqual(error["transform"], "example_taskgraph.fails:fails")
        self.assertEqual(error["transform_at"]["line"], 7)

    def test_a_transform_of_a_class(self):
        self.module(
            "fails",
            """
            from taskgraph.transforms.base import TransformSequence

            transforms = TransformSequence()


            class Step:
                def __init__(self, name):
                    self.name = name

                def __call__(self, config, tasks):
                    for task in tasks:
                        yield task[self.name]


            transforms.add(Step("name"))
            transforms.add(Step("absent"))
            """,
        )
        self.kind("it", transforms=["fails"])
        error = self.not_made(self.opened(), "it")
        self.assertEqual(error["transform"], "example_taskgraph.fails:Step")

    def test_a_syntax_error(self):
        self.module("fails", "transforms = [\n\n\nif x\n")
        self.kind("it", transforms=["fails"])
        error = self.not_made(self.opened(), "it")
        self.assertEqual(error["type"], "SyntaxError")
        self.assertEqual(error["syntax"]["file"], os.path.join(self.folder, self.path))
        self.assertIn(error["syntax"]["line"], (1, 4))  # versions of Python do not agree
        self.assertTrue(error["syntax"]["in_tree"])
        self.assertEqual(error["object"], "example_taskgraph.fails:transforms")

    def test_a_module_that_is_not_there(self):
        self.kind("it", transforms=["nowhere"])
        error = self.not_made(self.opened(), "it")
        self.assertEqual((error["type"], error["module"]), ("ModuleNotFoundError", "example_taskgraph.nowhere"))
        self.assertEqual(error["object"], "example_taskgraph.nowhere:transforms")
        self.assertIsNone(error["imported_by"])

    def test_a_package_that_is_not_installed(self):
        self.module("fails", "\nimport no_such_package\n")
        self.kind("it", transforms=["fails"])
        error = self.not_made(self.opened(), "it")
        self.assertEqual(error["module"], "no_such_package")
        self.assertEqual(error["imported_by"], {"file": os.path.join(self.folder, self.path), "line": 1})

    def test_a_kind_that_is_not_there(self):
        self.assertEqual(self.not_made(self.opened(), "absent")["type"], "KindNotFound")

    def test_a_schema_that_does_not_fit(self):
        self.module(
            "fails",
            """
            from taskgraph.transforms.base import TransformSequence
            from voluptuous import Required, Schema

            transforms = TransformSequence()
            transforms.add_validate(Schema({Required("name"): int, Required("colour"): {"red": str}}))
            """,
        )
        self.kind("it", transforms=["fails"])
        error = self.not_made(self.opened(), "it")
        self.assertIn("In it kind task 'one':", error["schema"]["prefix"])
        paths = sorted((e["path"] for e in error["schema"]["errors"]), key=str)
        self.assertEqual([p for p in paths if p != ["task-from"]], [["colour"], ["name"]])
        self.assertEqual(error["transform"], "taskgraph.transforms.base:ValidateSchema")

    def test_a_schema_of_msgspec(self):
        if VERSION < (24,):
            return
        self.module(
            "fails",
            """
            from taskgraph.transforms.base import TransformSequence
            from taskgraph.util.schema import Schema

            class Colour(Schema, forbid_unknown_fields=False, kw_only=True):
                name: str
                inner: dict[str, list[int]]

            transforms = TransformSequence()
            @transforms.add
            def puts(config, tasks):
                for task in tasks:
                    yield dict(task, inner={"x": [1, "y"]})
            transforms.add_validate(Colour)
            """,
        )
        self.kind("it", transforms=["fails"])
        error = self.not_made(self.opened(), "it")
        self.assertEqual(error["schema"]["errors"][0]["path"], ["inner", "...", 1])
        self.assertIn("int", error["schema"]["errors"][0]["message"])

    def test_causes_are_reported(self):
        error = self.error_of(
            """
            yield from ()
            try:
                {}["key"]
            except KeyError as e:
                raise RuntimeError("because") from e
            """
        )
        self.assertEqual((error["cause"]["type"], error["cause"]["message"]), ("KeyError", "'key'"))
        self.assertEqual(self.in_tree(error["cause"]), [(self.path, 10, "fails")])

    def test_every_kind_of_exception_is_an_answer(self):
        for text, kind in (
            ("import sys; sys.exit(0)", "SystemExit"),
            ("raise KeyboardInterrupt", "KeyboardInterrupt"),
            ("raise GeneratorExit", "GeneratorExit"),
            ("raise type('Own', (BaseException,), {})", "Own"),
            ("raise type('Own', (Exception,), {'__str__': lambda self: 1 / 0})", "Own"),
            ("raise Exception('\\ud800' + 'x' * 100000)", "Exception"),
            ("raise MemoryError", "MemoryError"),
            ("def f(): f()\nf()", "RecursionError"),
        ):
            error = self.error_of("yield from ()\n" + text + "\n", fork=False)
            self.assertEqual(error["type"], kind)
            self.assertLess(len(error["message"]), 21000)
            self.assertLess(len(error["frames"]), 21)
        error = self.error_of("yield from ()\nimport sys\nsys.exit('so')\n")
        self.assertEqual(error["exit"], "so")
        self.assertEqual(self.error_of("yield from ()\nimport sys\nsys.exit(0)\n")["exit"], 0)

    def test_values_that_json_has_no_place_for(self):
        for value, path, found in (
            ("{'a': [1, {2}]}", "attributes.x.a[1]", "set"),
            ("object()", "attributes.x", "object"),
            ("{(1, 2): 3}", "attributes.x", "a key of type tuple: (1, 2)"),
            ("'\\udcff'", "attributes.x", "str with half of a surrogate pair: '\\udcff'"),
            ("b'x'", "attributes.x", "bytes"),
        ):
            error = self.error_of('for task in tasks:\n    task["attributes"] = {"x": %s}\n    yield task\n' % value)
            self.assertEqual(
                (error["type"], error["label"], error["path"], error["found"]), ("Unwritable", "it-one", path, found)
            )
        error = self.error_of(
            'for task in tasks:\n    x = []\n    x.append(x)\n    task["attributes"] = {"x": x}\n    yield task\n'
        )
        self.assertEqual(error["found"], "it is nested without an end")

    def test_values_that_the_reference_writes(self):
        self.steps(
            "values",
            """
            import datetime, enum
            class Colour(str, enum.Enum):
                RED = "red"
            for task in tasks:
                task["attributes"] = {"big": 2**80, "small": -(2**70), "tuple": (1, 2.5, None, True), "é": "✓", "enum": Colour.RED}
                yield task
            """,
        )
        self.kind("it", transforms=["values"])
        values = self.made(self.opened(), "it")["it-one"]["attributes"]
        del values["kind"]
        self.assertEqual(
            values, {"big": 2**80, "small": -(2**70), "tuple": [1, 2.5, None, True], "é": "✓", "enum": "red"}
        )

    def test_what_orjson_writes_and_json_does_not_and_the_other_way_round(self):
        self.steps(
            "dates",
            'import datetime\nfor task in tasks:\n    task["attributes"] = {"x": datetime.date(2025, 1, 2), "n": float("nan")}\n    yield task\n',
        )
        self.steps("numbers", 'for task in tasks:\n    task["attributes"] = {"x": {1: 2, None: 3}}\n    yield task\n')
        self.kind("dates", transforms=["dates"])
        self.kind("numbers", transforms=["numbers"])
        self.write("hidden/orjson.py", "raise ImportError\n")
        hidden = os.path.join(self.folder, "hidden")
        self.check_json(self.opened())
        worker = self.opened({"PYTHONPATH": hidden})
        self.assertFalse(worker.opened["orjson"])
        self.check_json(worker)

    def check_json(self, worker):
        if worker.opened["orjson"]:
            made = self.made(worker, "dates")["dates-one"]["attributes"]
            self.assertEqual((made["x"], made["n"]), ("2025-01-02", None))
            self.assertEqual(self.not_made(worker, "numbers")["found"], "a key of type int: 1")
        else:
            self.assertEqual(self.not_made(worker, "dates")["found"], "date")
            self.assertEqual(self.made(worker, "numbers")["numbers-one"]["attributes"]["x"], {"1": 2, "null": 3})

    def test_memory_can_be_limited(self):
        self.steps("eats", "eaten = [bytearray(1 << 20) for _ in range(4000)]\nyield from tasks\n")
        self.kind("it", transforms=["eats"])
        for fork in (False, True):
            worker = self.opened(memory=1 << 30)
            error = self.not_made(worker, "it", fork=fork)
            self.assertEqual(error["type"], "MemoryError")
            self.assertEqual(self.in_tree(error)[-1][1], 8)
            self.assertIn("changed", worker.call("finish_kinds"))

    def test_a_register_function_that_raises(self):
        self.register("raise RuntimeError('no')\n")
        error = self.worker().refused("open", root="taskcluster")
        self.assertEqual(self.in_tree(error), [("taskcluster/example_taskgraph/__init__.py", 2, "register")])

    def test_a_config_that_does_not_fit(self):
        self.write("taskcluster/config.yml", "trust-domain: 5\n")
        error = self.worker().refused("open", root="taskcluster")
        self.assertIn("Invalid graph configuration:", error["schema"]["prefix"])
