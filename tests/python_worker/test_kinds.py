import json
import os

from .trees import VERSION, TreeCase


class Kinds(TreeCase):
    def test_the_graph_is_that_of_the_reference(self):
        self.steps("describe", 'for task in tasks:\n    task["description"] = "é ✓ " + task["name"]\n    yield task\n')
        self.steps(
            "depend",
            """
            for task in tasks:
                task["dependencies"] = {l: l for l in sorted(config.kind_dependencies_tasks)}
                task["env"] = {"PATH_OF_KIND": config.path, "PROJECT": config.params["project"]}
                yield task
            """,
        )
        self.kind("first", ["a", "b"], ["describe"])
        self.kind("second", ["c"], ["depend"], ["first"])
        expected = json.loads(self.reference(["full", "-J"]))
        for fork in (False, True):
            worker = self.opened()
            first = self.made(worker, "first", fork=fork)
            second = self.made(worker, "second", list(first), fork=fork)
            worker.call("graph", name="full", tasks=list(first) + list(second))
            full = worker.call("graph_json", name="full")["tasks"]
            self.assertEqual(full, expected)
            self.assertEqual({**first, **second}, expected)

    def test_prints_do_not_get_into_the_answers(self):
        self.steps(
            "prints",
            """
            import logging, os, sys
            for task in tasks:
                print("by print")
                os.write(1, b"by write\\n")
                os.system("echo by echo")
                sys.__stdout__.write("by stdout\\n")
                logging.getLogger(__name__).info("by log")
                yield task
            """,
        )
        self.kind("it", transforms=["prints"])
        for fork in (False, True):
            worker = self.opened()
            self.assertEqual(list(self.made(worker, "it", fork=fork)), ["it-one"])
            for how in ("print", "write", "echo", "stdout"):
                self.assertIn("by %s\n" % how, worker.log())
            self.assertRegex(worker.log(), r"\d - INFO - by log\n")

    def counting(self):
        self.module("state", "seen = []\n")
        self.steps(
            "counts",
            """
            from example_taskgraph import state
            for task in tasks:
                state.seen.append(task["name"])
                task["attributes"] = {"seen": list(state.seen)}
                yield task
            """,
        )
        self.kind("first", ["a"], ["counts"])
        self.kind("second", ["b"], ["counts"])

    def test_a_module_keeps_what_a_kind_left_in_it(self):
        self.counting()
        worker = self.opened()
        self.made(worker, "first")
        self.assertEqual(self.made(worker, "second")["second-b"]["attributes"]["seen"], ["a", "b"])

    def test_a_fork_loses_what_a_kind_left_in_a_module(self):
        self.counting()
        worker = self.opened()
        self.made(worker, "first", fork=True)
        self.assertEqual(self.made(worker, "second", fork=True)["second-b"]["attributes"]["seen"], ["b"])

    def changing(self):
        self.kind("first", ["a"])
        self.steps(
            "changes",
            """
            for task in tasks:
                for other in config.kind_dependencies_tasks.values():
                    other.attributes["changed-by"] = config.kind
                yield task
            """,
        )
        self.kind("second", ["b"], ["changes"], ["first"])

    def test_a_task_of_another_kind_that_was_changed_is_reported(self):
        self.changing()
        worker = self.opened()
        first = self.made(worker, "first")
        worker.wait(self.make(worker, "second", list(first)))
        changed = worker.call("finish_kinds")["changed"]
        self.assertEqual([(t["label"], t["attributes"]["changed-by"]) for t in changed], [("first-a", "second")])
        self.assertEqual(worker.call("finish_kinds")["changed"], [])

    def test_a_fork_changes_nothing(self):
        self.changing()
        worker = self.opened()
        first = self.made(worker, "first", fork=True)
        worker.wait(self.make(worker, "second", list(first), fork=True))
        self.assertEqual(worker.call("finish_kinds")["changed"], [])

    def test_a_task_that_was_changed_behind_the_back_of_everybody_is_reported_in_the_end(self):
        self.steps(
            "keeps",
            """
            from example_taskgraph import plain
            for task in tasks:
                for kept in getattr(plain, "kept", []):
                    kept.append(task["name"])
                plain.kept = getattr(plain, "kept", []) + [task.setdefault("attributes", {}).setdefault("log", [])]
                yield task
            """,
        )
        self.kind("first", ["a"], ["keeps"])
        self.kind("second", ["b"], ["keeps"])
        worker = self.opened()
        self.made(worker, "first")
        self.made(worker, "second")
        changed = worker.call("finish_kinds")["changed"]
        self.assertEqual([(t["label"], t["attributes"]["log"]) for t in changed], [("first-a", ["b"])])

    def test_later_kinds_get_the_very_values_and_not_what_json_makes_of_them(self):
        self.steps(
            "tuples",
            """
            for task in tasks:
                task["attributes"] = {"pair": ("x", 1), "number": {"1": 1}}
                yield task
            """,
        )
        self.steps(
            "adds",
            """
            for task in tasks:
                task["attributes"] = {"type": type(t.attributes["pair"]).__name__ for t in config.kind_dependencies_tasks.values()}
                yield task
            """,
        )
        self.kind("first", ["a"], ["tuples"])
        self.kind("second", ["b"], ["adds"], ["first"])
        for fork in (False, True):
            worker = self.opened()
            first = self.made(worker, "first", fork=fork)
            self.assertEqual(first["first-a"]["attributes"]["pair"], ["x", 1])
            second = self.made(worker, "second", list(first), fork=fork)
            self.assertEqual(second["second-b"]["attributes"]["type"], "tuple")

    def test_tasks_that_the_program_made_are_given_to_later_kinds(self):
        self.steps(
            "depend",
            'for task in tasks:\n    task["attributes"] = {"see": sorted(config.kind_dependencies_tasks)}\n    yield task\n',
        )
        self.kind("first", ["a"])
        self.kind("second", ["b"], ["depend"], ["first"])
        native = self.made(self.opened(), "first")["first-a"]
        for fork in (False, True):
            worker = self.opened()
            second = self.made(worker, "second", ["first-a"], fork=fork, new=[native])
            self.assertEqual(second["second-b"]["attributes"]["see"], ["first-a"])

    def test_a_loader_gets_what_the_version_gives_it(self):
        self.module(
            "loaders",
            """
            def loader(kind, path, config, params, loaded_tasks):
                yield {"name": "x", "attributes": {"loaded": [t.label for t in loaded_tasks]}}
            """,
        )
        self.kind("first", ["a"])
        self.kind("other", ["c"])
        self.kind("second", [], [], ["first"], loader="example_taskgraph.loaders:loader")
        worker = self.opened()
        labels = list(self.made(worker, "first")) + list(self.made(worker, "other"))
        expected = ["first-a"] if VERSION >= (15, 2) else ["first-a", "other-c"]
        for loaded in (None, labels):
            second = self.made(worker, "second", ["first-a"], loaded=loaded and labels)
            if loaded is None:
                self.assertEqual(second["second-x"]["attributes"]["loaded"], expected)
        second = self.made(worker, "second", ["first-a"], loaded=["other-c", "first-a"])
        if VERSION < (15, 2):
            self.assertEqual(second["second-x"]["attributes"]["loaded"], ["other-c", "first-a"])

    def test_several_kinds_are_made_at_once(self):
        done = os.path.join(self.folder, "the-others-are-made")
        self.steps(
            "waits",
            """
            import os, time
            while not os.path.exists(%r):
                time.sleep(0.01)
            yield from tasks
            """
            % done,
        )
        self.steps("big", 'for task in tasks:\n    task["env"] = {"BIG": "x" * 3000000}\n    yield task\n')
        self.kind("slow", transforms=["waits"])
        self.kind("large", transforms=["big"])
        self.kind("quick")
        worker = self.opened()
        slow, large, quick = (self.make(worker, k, fork=True) for k in ("slow", "large", "quick"))
        # another request meanwhile
        self.assertEqual(worker.call("finish_kinds")["changed"], [])
        self.assertEqual(len(worker.wait(large)["tasks"][0]["task"]["payload"]["env"]["BIG"]), 3000000)
        self.assertEqual([t["label"] for t in worker.wait(quick)["tasks"]], ["quick-one"])
        self.assertNotIn(slow, worker.waiting)
        open(done, "w").close()
        self.assertEqual([t["label"] for t in worker.wait(slow)["tasks"]], ["slow-one"])

    def test_new_parameters_begin_anew(self):
        self.steps("says", 'for task in tasks:\n    task["env"] = {"L": config.params["level"]}\n    yield task\n')
        self.kind("first", ["a"], ["says"])
        worker = self.opened()
        self.made(worker, "first")
        worker.call("set_parameters", values=dict(worker.values, level="3"), strict=False)
        self.assertEqual(self.made(worker, "first")["first-a"]["task"]["payload"]["env"], {"L": "3"})
        self.kind("second", ["b"], [], ["first"])
        worker.call("set_parameters", values=worker.values, strict=False)
        if VERSION >= (15, 2):
            self.assertIn("first-a", self.not_made(worker, "second", ["first-a"])["message"])
