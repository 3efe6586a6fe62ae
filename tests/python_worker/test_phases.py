import os
import subprocess

from .trees import VERSION, TreeCase


class Phases(TreeCase):
    """A tree of three tasks: first-a, and second-b and second-c that depend on it."""

    def setUp(self):
        super().setUp()
        self.steps(
            "depend",
            """
            for task in tasks:
                task["dependencies"] = {"up": "first-a"}
                task["optimization"] = {"mine": task["name"]}
                yield task
            """,
        )
        self.kind("first", ["a"])
        self.kind("second", ["b", "c"], ["depend"], ["first"])

    def ready(self, register="pass\n", parameters=None):
        """A worker that has the full and the target graph."""
        self.register(register)
        worker = self.opened(parameters=parameters)
        self.labels = list(self.made(worker, "first"))
        self.labels += list(self.made(worker, "second", self.labels))
        worker.call("graph", name="full", tasks=self.labels)
        worker.call("graph", name="target", tasks=self.labels)
        return worker

    def test_filters_follow_each_other(self):
        worker = self.ready(
            """
            from taskgraph.filter_tasks import filter_task
            from taskgraph.target_tasks import register_target_task

            @register_target_task("mine")
            def mine(graph, parameters, graph_config):
                assert not graph.graph.edges and graph_config["trust-domain"] == "example"
                return (label for label in graph.tasks if label != "second-b")

            @filter_task("last")
            def last(graph, parameters, graph_config):
                graph.tasks["second-c"].attributes["seen"] = sorted(graph.tasks)
                return {sorted(graph.graph.nodes)[-1]}
            """,
            {"target_tasks_method": "mine"},
        )
        answer = worker.call("target", filters=["target_tasks_method"])
        self.assertEqual(answer, {"labels": ["first-a", "second-c"], "changed": []})
        self.assertEqual(worker.call("target", filters=[])["labels"], ["first-a", "second-c"])
        answer = worker.call("target", filters=["target_tasks_method", "last"])
        self.assertEqual(answer["labels"], ["second-c"])
        self.assertEqual(answer["changed"][0]["attributes"]["seen"], ["first-a", "second-c"])
        self.assertEqual(worker.refused("target", filters=["absent"])["message"], "'absent'")

    def test_verifications_of_the_tree_run_and_those_of_the_reference_do_not(self):
        worker = self.ready(
            """
            from taskgraph.util.verify import verifications

            @verifications.add("initial")
            def initial():
                print("initial")

            @verifications.add("kinds")
            def kinds(kinds):
                print("kinds", sorted(kinds))

            @verifications.add("full_task_graph")
            def routes(task, taskgraph, scratch_pad, graph_config, parameters):
                if task is not None:
                    scratch_pad[task.label] = task
                else:
                    assert len(taskgraph.graph.edges) == 2, taskgraph.graph.edges
                    scratch_pad["first-a"].attributes["verified"] = sorted(scratch_pad)

            @verifications.add("target_task_graph", run_on_projects=["elsewhere"])
            def never(*args, **kwargs):
                raise Exception("this is for another project")
            """
        )
        self.assertEqual(worker.call("verify_early", phase="initial"), {"ran": 1})
        self.assertEqual(worker.call("verify_early", phase="parameters"), {"ran": 0})
        self.assertEqual(worker.call("verify_early", phase="kinds", target_kinds=[]), {"ran": 1})
        self.assertIn("kinds ['first', 'second']\n", worker.log())
        answer = worker.call("verify", phase="full_task_graph")
        self.assertEqual(answer["ran"], 1)
        self.assertEqual([t["attributes"]["verified"] for t in answer["changed"]], [self.labels])
        self.assertEqual(worker.call("verify", phase="target_task_graph"), {"ran": 1, "changed": []})
        self.assertEqual(worker.refused("graph_json", name="optimized")["type"], "Protocol")

    def test_a_dependency_that_does_not_exist_is_refused(self):
        worker = self.ready()
        error = worker.refused("graph", name="full", tasks=["second-b"])
        self.assertIn("lists a dependency that does not exist: 'first-a'", error["message"])

    STRATEGIES = """
        from taskgraph.optimize.base import OptimizationStrategy, register_strategy
        from taskgraph.util.taskcluster import find_task_id, status_task

        @register_strategy("mine")
        class Mine(OptimizationStrategy):
            description = "mine"

            def should_remove_task(self, task, params, arg):
                return arg == "c"

            def should_replace_task(self, task, params, deadline, arg):
                try:
                    task_id = find_task_id("index.of." + arg)
                except KeyError:
                    return False
                return status_task(task_id)["state"] == "completed" and task_id
        """

    def alone(self):
        """Tasks of the second kind depend on nothing."""
        self.steps("depend", 'for task in tasks:\n    task["optimization"] = {"mine": task["name"]}\n    yield task\n')

    def optimize(self, worker, override=None, index=None, status=None):
        return worker.call(
            "optimize",
            requested=self.labels,
            do_not_optimize=[],
            existing_tasks={},
            decision_task_id="DDDD",
            override=override,
            index=index or {},
            status=status or {},
        )

    def test_strategies_remove_and_replace_with_what_the_program_has_looked_up(self):
        self.alone()
        worker = self.ready(self.STRATEGIES)
        found = "AAAAAAAAAAAAAAAAAAAAAA"
        answer = self.optimize(worker, index={"index.of.b": found}, status={found: {"state": "completed"}})
        self.assertEqual([task["label"] for task in answer["tasks"].values()], ["first-a"])
        self.assertEqual(sorted(answer["label_to_taskid"]), ["first-a", "second-b"])
        self.assertEqual(answer["label_to_taskid"]["second-b"], found)
        self.assertEqual(answer["reasons"]["second-c"][0], "removed")
        # what the strategies saw must not be what a later look at the functions finds
        self.assertEqual(worker.call("finish_kinds")["patched"], [])

    def test_what_was_not_looked_up_is_not_there(self):
        self.alone()
        answer = self.optimize(self.ready(self.STRATEGIES))
        self.assertEqual(sorted(task["label"] for task in answer["tasks"].values()), ["first-a", "second-b"])

    def test_index_paths_are_those_of_index_searches(self):
        self.steps(
            "depend",
            'for task in tasks:\n    task["optimization"] = {"index-search": [task["name"]]}\n    yield task\n',
        )
        worker = self.ready()
        self.assertEqual(worker.call("index_paths", do_not_optimize=["second-c"], override=None), {"paths": ["b"]})

    def test_strategies_can_be_overridden(self):
        self.alone()
        self.module(
            "experiment",
            "from taskgraph.optimize.base import registry\nstrategies = {'mine': registry['always']}\n",
        )
        answer = self.optimize(self.ready(self.STRATEGIES), override="example_taskgraph.experiment:strategies")
        self.assertEqual([task["label"] for task in answer["tasks"].values()], ["first-a"])

    def test_a_session_begins_where_the_worker_stands_and_leaves_nothing_behind(self):
        self.module("memory", "seen = []\n")
        self.steps(
            "depend",
            """
            from example_taskgraph import memory
            for task in tasks:
                memory.seen.append(task["name"])
                task["attributes"] = {"seen": list(memory.seen)}
                yield task
            """,
        )
        self.register("pass\n")
        worker = self.opened()
        for number in (1, 2):
            self.assertEqual(worker.call("session"), {"session": number})
            worker.call("set_parameters", session=number, values=worker.values, strict=False)
            made = worker.call(
                "kind", session=number, name="second", upstream=[], loaded=[], new=[], write_artifacts=False, fork=False
            )
            self.assertEqual([task["attributes"]["seen"] for task in made["tasks"]], [["b"], ["b", "c"]])
            worker.call("end_session", number=number)
        self.assertEqual(worker.refused("kind", session=1, name="second")["type"], "Protocol")

    def optimized(self, worker, removed=("second-c",)):
        ids = {"first-a": "FAAAAAAAAAAAAAAAAAAAAA", "second-b": "SAAAAAAAAAAAAAAAAAAAAA"}
        worker.call(
            "graph", name="optimized", removed=list(removed), replaced=[], label_to_taskid=ids, decision_task_id="DDDD"
        )
        return ids

    def test_references_are_resolved_in_the_objects_of_the_worker(self):
        self.steps(
            "depend",
            """
            for task in tasks:
                task["dependencies"] = {"up": "first-a"}
                task["env"] = {"UP": {"task-reference": "<up> <decision>"}}
                yield task
            """,
        )
        worker = self.ready()
        ids = self.optimized(worker)
        tasks = worker.call("graph_json", name="optimized")["tasks"]
        self.assertEqual(sorted(tasks), sorted(ids.values()))
        second = tasks[ids["second-b"]]
        self.assertEqual(second["task"]["payload"]["env"], {"UP": "FAAAAAAAAAAAAAAAAAAAAA DDDD"})
        self.assertEqual(second["task"]["dependencies"], [ids["first-a"]])
        self.assertEqual((second["dependencies"], second["task_id"]), ({"up": ids["first-a"]}, ids["second-b"]))
        worker = self.ready()
        with self.assertRaisesRegex(Exception, "it has been removed"):
            self.optimized(worker, ["first-a", "second-c"])

    MORPHS = """
        from taskgraph.morph import amend_taskgraph, register_morph
        from taskgraph.task import Task

        @register_morph
        def mark(taskgraph, label_to_taskid, parameters, graph_config):
            for task in taskgraph.tasks.values():
                task.attributes["morphed"] = len(taskgraph.tasks)
            return taskgraph, label_to_taskid

        @register_morph
        def add(taskgraph, label_to_taskid, parameters, graph_config):
            task = Task(kind="misc", label="more", attributes={}, task={"x": 1}, dependencies={"b": label_to_taskid["second-b"]})
            task.task_id = "MAAAAAAAAAAAAAAAAAAAAA"
            return amend_taskgraph(taskgraph, label_to_taskid, [task])
        """

    def test_morphs_of_the_tree_run(self):
        worker = self.ready(self.MORPHS)
        ids = self.optimized(worker)
        answer = worker.call("morph")
        self.check_morphed(answer, ids)
        self.assertEqual(worker.call("graph_json", name="morphed")["tasks"], answer["tasks"])

    def check_morphed(self, answer, ids):
        self.assertEqual(answer["ran"], 2)
        self.assertEqual(answer["order"], [ids["first-a"], ids["second-b"], "MAAAAAAAAAAAAAAAAAAAAA"])
        self.assertEqual(answer["label_to_taskid"], dict(ids, more="MAAAAAAAAAAAAAAAAAAAAA"))
        self.assertEqual(answer["tasks"]["MAAAAAAAAAAAAAAAAAAAAA"]["dependencies"], {"b": ids["second-b"]})
        self.assertEqual(answer["tasks"][ids["first-a"]]["attributes"]["morphed"], 2)

    def test_morphs_run_over_what_the_program_has_made_of_the_graph(self):
        worker = self.ready(self.MORPHS)
        ids = self.optimized(worker)
        tasks = worker.call("graph_json", name="optimized")["tasks"]
        tasks[ids["first-a"]]["task"]["routes"] = ["index.x"]
        tasks["NAAAAAAAAAAAAAAAAAAAAA"] = dict(
            tasks[ids["first-a"]], label="native", task_id="NAAAAAAAAAAAAAAAAAAAAA", dependencies={"p": ids["first-a"]}
        )
        ids["native"] = "NAAAAAAAAAAAAAAAAAAAAA"
        answer = worker.call("morph", tasks=tasks, label_to_taskid=ids)
        self.assertEqual(answer["tasks"][ids["first-a"]]["task"]["routes"], ["index.x"])
        self.assertEqual(answer["tasks"][ids["native"]]["dependencies"], {"p": ids["first-a"]})
        self.assertEqual(answer["tasks"][ids["native"]]["attributes"]["morphed"], 3)

    def test_actions(self):
        self.write(".taskcluster.yml", "version: 1\n")
        git = ["git", "-C", self.folder, "-c", "user.name=x", "-c", "user.email=x@example.com"]
        subprocess.run(git + ["init", "-q"], check=True)
        subprocess.run(git + ["commit", "-q", "--allow-empty", "-m", "tree"], check=True)
        self.module(
            "actions",
            """
            from taskgraph.actions.registry import register_callback_action

            @register_callback_action(name="mine", title="Mine", symbol="m", description="d", order=1)
            def mine(parameters, graph_config, input, task_group_id, task_id):
                print("called", parameters["level"], graph_config["trust-domain"], input, task_group_id, task_id)
                if input is None:
                    raise ValueError("no input")
            """,
        )
        worker = self.ready("from example_taskgraph import actions\n")
        found = worker.call("actions", task_id="DDDD")
        self.assertEqual(found["version"], 1)
        self.assertEqual(found["actions"][0]["name"], "mine")
        self.assertEqual(found["actions"][0]["hookPayload"]["decision"]["action"]["taskGroupId"], "DDDD")
        action = dict(
            callback="mine",
            task_group_id="GGGG",
            task_id="TTTT",
            parameters=worker.values,
            root="taskcluster",
            test=True,
        )
        worker.call("action", input={"x": 1}, **action)
        self.assertIn("called 1 example {'x': 1} GGGG TTTT\n", worker.log())
        error = worker.refused("action", input=None, **action)
        self.assertEqual(error["message"], "no input")
        self.assertEqual(
            error["frames"][-1]["file"], os.path.join(self.folder, "taskcluster/example_taskgraph/actions.py")
        )

    def test_decision_parameters(self):
        self.module(
            "decision",
            'def decide(graph_config, parameters):\n    parameters["level"] = graph_config["trust-domain"]\n',
        )
        worker = self.worker()
        worker.call("open", root="taskcluster")
        answer = worker.call("decision_parameters", name="example_taskgraph.decision:decide", values={"a": 1})
        self.assertEqual(answer["values"], {"a": 1, "level": "example"})
