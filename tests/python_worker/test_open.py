import os

from . import client
from .trees import VERSION, TreeCase


class Open(TreeCase):
    def test_the_answer_tells_what_there_is(self):
        answer = self.worker().call("open", root="taskcluster")
        self.assertEqual(answer["taskgraph"], ".".join(map(str, VERSION)))
        self.assertEqual(answer["vcs_root"], self.folder)
        self.assertEqual(answer["loader_gets"], "upstream" if VERSION >= (15, 2) else "loaded")
        self.assertEqual(answer["forks"], VERSION >= (15, 2))

    def test_a_tree_that_registers_nothing_has_nothing(self):
        answer = self.worker().call("open", root="taskcluster")
        for word in (
            "target_methods filters strategies payload_builders index_builders fetch_builders group_by set_name run_using "
            "actions verifications morphs parameters patched schemas"
        ).split():
            self.assertFalse(answer[word], word)

    def test_what_was_registered_is_reported_and_is_no_patch(self):
        self.register(
            """
            from taskgraph.actions.registry import register_callback_action
            from taskgraph.filter_tasks import filter_task
            from taskgraph.morph import register_morph
            from taskgraph.optimize.base import Any, OptimizationStrategy, register_strategy
            from taskgraph.target_tasks import register_target_task, target_tasks_default
            from taskgraph.transforms.task import index_builder, payload_builder
            from taskgraph.util.verify import verifications

            class Mine(OptimizationStrategy):
                description = "mine"

            def function(*args, **kwargs):
                pass

            register_target_task("mine")(function)
            register_target_task("again")(target_tasks_default)
            filter_task("mine")(function)
            register_morph(function)
            register_strategy("mine")(Mine)
            register_strategy("any-of", args=("never", "always"))(Any)
            index_builder("mine")(function)
            payload_builder("mine", {})(function)
            verifications.add("full_task_graph")(function)
            register_callback_action(name="mine", title="t", symbol="m", description="d", cb_name="cb")(function)
            """
        )
        answer = self.worker().call("open", root="taskcluster")
        self.assertEqual(sorted(answer["target_methods"]), ["again", "mine"])
        for word in ("filters", "index_builders", "payload_builders"):
            self.assertEqual(answer[word], ["mine"], word)
        self.assertEqual(
            answer["strategies"],
            {
                "mine": {"native": False, "description": "mine"},
                "any-of": {"native": False, "description": "never-or-always"},
            },
        )
        self.assertEqual(answer["actions"], [{"name": "mine", "cb_name": "cb"}])
        self.assertEqual((answer["morphs"], answer["verifications"]), (1, {"full_task_graph": 1}))
        self.assertEqual(answer["objects"]["filters"]["mine"], "example_taskgraph:register.<locals>.function")
        self.assertEqual(answer["patched"], [])

    def test_what_was_replaced_is_reported(self):
        self.register(
            """
            import taskgraph
            from taskgraph import filter_tasks, target_tasks
            from taskgraph.optimize import base, strategies
            from taskgraph.transforms import task
            from taskgraph.util import attributes, verify

            task.get_branch_rev = lambda config: "1"
            target_tasks._target_task_methods["default"] = lambda *args: []
            base.registry["never"] = base.Always()
            strategies.SkipUnlessChanged.should_remove_task = lambda *args: False
            task.transforms.add(lambda config, tasks: tasks)
            task.payload_builders["docker-worker"] = None
            attributes.keymatch.__code__ = (lambda attributes, target: []).__code__
            verify.verifications._verifications["full_task_graph"].pop(0)
            taskgraph.fast = True
            """
        )
        answer = self.worker().call("open", root="taskcluster")
        self.assertEqual(
            answer["patched"],
            [
                "taskgraph.fast",
                "taskgraph.optimize.base.registry[never]",
                "taskgraph.optimize.strategies.SkipUnlessChanged.should_remove_task",
                "taskgraph.target_tasks._target_task_methods[default]",
                "taskgraph.transforms.task.get_branch_rev",
                "taskgraph.transforms.task.payload_builders[docker-worker]",
                "taskgraph.transforms.task.transforms",
                "taskgraph.util.attributes.keymatch",
                "taskgraph.util.verify.verifications[full_task_graph]",
            ],
        )
        self.assertEqual(answer["target_methods"], ["default"])
        self.assertFalse(answer["strategies"]["never"]["native"])
        self.assertFalse(answer["strategies"]["skip-unless-changed"]["native"])

    def test_a_schema_that_grew_is_no_patch_and_one_that_lost_something_is(self):
        self.register(
            """
            from taskgraph.util import schema

            schema.OptimizationSchema.validators += ({"mine": [str]},)
            schema.taskref_or_string.validators = schema.taskref_or_string.validators[1:]
            """
        )
        answer = self.worker().call("open", root="taskcluster")
        self.assertEqual(answer["schemas"], ["taskgraph.util.schema.OptimizationSchema"])
        self.assertEqual(answer["patched"], ["taskgraph.util.schema.taskref_or_string"])

    def test_register_comes_before_the_modules_that_it_prepares(self):
        """The schema of tasks is made when its module is imported: register may change a part of it before."""
        self.register(
            """
            import sys

            if "taskgraph.transforms.task" in sys.modules:
                raise SystemExit("too early")
            """
        )
        worker = self.worker()
        if VERSION >= (15, 2):
            return  # the reference itself imports it
        worker.call("open", root="taskcluster")

    def test_the_process_looks_like_the_command(self):
        self.write("json.py", "raise Exception('the working directory is on the path')\n")
        self.register(
            """
            import sys

            print(sys.argv[0], "" in sys.path, sys.dont_write_bytecode, sys.stdin.read())
            """
        )
        worker = self.worker()
        worker.call("open", root="taskcluster")
        self.assertRegex(worker.log(), r"taskgraph False True \n")
        left = [name for _, folders, _ in os.walk(self.folder) for name in folders if name == "__pycache__"]
        self.assertEqual(left, [])

    def test_artifacts_go_where_the_program_wants_them(self):
        self.register("from taskgraph.decision import write_artifact\nwrite_artifact('x.json', {})\n")
        folder = os.path.join(self.folder, "elsewhere")
        answer = self.worker().call("open", root="taskcluster", artifacts=folder)
        self.assertEqual(os.listdir(folder), ["x.json"])
        self.assertEqual(answer["patched"], [])

    def test_the_environment_can_be_given(self):
        self.register("import os\nprint('it is', os.environ['MINE'], 'GONE' in os.environ)\n")
        worker = self.worker({"GONE": "1"})
        worker.call("open", root="taskcluster", environment={"MINE": "ünïque", "GONE": None})
        self.assertIn("it is ünïque False", worker.log())

    def test_requests_that_make_no_sense_are_refused(self):
        worker = self.worker()
        self.assertIn("before open", worker.refused("kind", name="x", fork=False)["message"])
        self.assertEqual(worker.refused("kind", name="x", fork=True)["type"], "Protocol")
        self.assertIn("no method", worker.refused("call")["message"])
        worker.call("open", root="taskcluster")
        self.assertIn("one tree", worker.refused("open", root="taskcluster")["message"])
        self.assertEqual(worker.refused("kind", name="x", fork=False)["type"], "Protocol")

    def test_a_frame_that_is_no_request_ends_it(self):
        worker = self.worker()
        worker.process.stdin.write(b"\0\0\0\x03abc")
        self.assertEqual(worker.close(), 2)

    def test_the_end_of_requests_ends_it(self):
        self.register("import atexit\natexit.register(print, 'the end was seen')\n")
        worker = self.worker()
        worker.call("open", root="taskcluster")
        worker.process.stdin.close()
        self.assertEqual(worker.process.wait(5), 0)
        self.assertIn("the end was seen", worker.log())

    def test_parameters_are_checked_and_filled(self):
        self.register(
            """
            from taskgraph import parameters

            if hasattr(parameters, "_parameter_extensions"):
                from taskgraph.util.schema import Schema

                class Mine(Schema, rename=None, forbid_unknown_fields=False, kw_only=True):
                    size: int

                schema = Mine
            else:
                schema = {"size": int}
            parameters.extend_parameters_schema(schema, defaults_fn=lambda repo_root: {"size": 5})
            """
        )
        worker = self.opened()
        self.assertTrue(worker.opened["parameters"])
        self.assertEqual(worker.values["size"], 5)
        self.assertEqual(list(worker.values)[:3], ["base_repository", "base_ref", "base_rev"])
        wrong = worker.refused("parameters", values=dict(worker.values, size="big"), strict=True, repo_root=self.folder)
        self.assertEqual(wrong["type"], "ParameterMismatch")
        self.assertEqual(wrong["schema"]["errors"][0]["path"], ["size"])

    def test_objects_can_be_looked_for(self):
        worker = self.worker()
        worker.call("open", root="taskcluster")
        found = worker.call("modules", object="example_taskgraph.plain:transforms")
        self.assertEqual(found["file"], os.path.join(self.folder, "taskcluster/example_taskgraph/plain.py"))
        self.assertEqual(worker.refused("modules", object="example_taskgraph.plain:nothing")["type"], "AttributeError")


class WithoutTaskgraph(TreeCase):
    def test_an_installation_that_lacks_taskgraph_is_reported(self):
        worker = client.Client(self.folder, {"PYTHONPATH": self.folder})
        self.write("taskgraph/__init__.py", "import no_such_package\n")
        error = worker.refused("open", root="taskcluster")
        self.assertEqual((error["type"], error["module"]), ("ModuleNotFoundError", "no_such_package"))
        worker.close()
