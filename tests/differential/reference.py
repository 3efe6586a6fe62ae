"""The reference, imported once. What it remembers of one tree must not reach the next."""

import collections
import json
import logging
import signal
import sys
import traceback
import zlib

PHASES = ["full", "target", "target-graph", "optimized", "morphed"]
NAMES = {
    "full": "full_task_graph",
    "target": "target_task_set",
    "target-graph": "target_task_graph",
    "optimized": "optimized_task_graph",
    "morphed": "morphed_task_graph",
}


def in_order(waiting, dependencies):
    """Each thing as soon as all that it depends on came before it; others go to the end of the queue."""
    waiting, done, refused = collections.deque(waiting), set(), 0
    while waiting:
        thing = waiting.popleft()
        if done.issuperset(dependencies(thing)):
            done.add(thing)
            refused = 0
            yield thing
        else:
            waiting.append(thing)
            refused += 1
            if refused > len(waiting):
                raise Exception("Dependency loop")


def leave_nothing_to_chance():
    """From version 17 on, the order of kinds, and from 17.3 on that of tasks, follows from the hashes of their names. Here
    it is one of those that may come out: that of earlier versions, and of the files."""
    import taskgraph.graph
    import taskgraph.transforms.cached_tasks
    import taskgraph.transforms.run

    def visit(self, reverse):
        links = self.reverse_links_dict() if reverse else self.links_dict()
        # A node comes after those that it depends on, which are looked at right before it is again.
        queue, seen = collections.deque(sorted(self.nodes)), set()
        while queue:
            node = queue.popleft()
            if node in seen:
                continue
            if seen.issuperset(links[node]):
                seen.add(node)
                yield node
            else:
                queue.extend(sorted(link for link in links[node] if link not in seen))
                queue.append(node)

    def order_tasks(config, tasks):
        tasks = {task["label"]: task for task in tasks}

        def own(label):
            found = tasks[label].get("dependencies", {}).values()
            return {other for other in found if other.startswith(f"{config.kind}-") and other in tasks}

        for label in in_order(tasks, own):
            yield tasks[label]

    taskgraph.graph.Graph._visit = visit
    taskgraph.transforms.cached_tasks.order_tasks = order_tasks
    taskgraph.transforms.run.order_tasks = order_tasks


def take_nothing_that_has_expired():
    """The reference looks at the expiry of a task only if something depends on it: see docs/parity.md."""
    from taskgraph.optimize.strategies import IndexSearch

    replaces = IndexSearch.should_replace_task
    now = "2026-01-01T00:00:00.000Z"
    IndexSearch.should_replace_task = lambda self, task, params, deadline, arg: replaces(
        self, task, params, deadline or now, arg
    )


class Reference:
    def __init__(self, major):
        logging.disable(logging.CRITICAL)
        import taskgraph
        import taskgraph.generator
        import taskgraph.main  # noqa: F401
        import taskgraph.morph
        import taskgraph.optimize.base
        import taskgraph.parameters

        self.package = taskgraph
        take_nothing_that_has_expired()
        if major >= 17:
            leave_nothing_to_chance()
        self.generator = taskgraph.generator.TaskGraphGenerator
        self.load = taskgraph.parameters.parameters_loader
        base = taskgraph.optimize.base
        base.find_task_id_batched = self.find
        base.status_task_batched = self.states
        signal.signal(signal.SIGALRM, self.alarm)

    @staticmethod
    def alarm(*_):
        raise TimeoutError("the reference hangs")

    def find(self, paths, use_proxy=False):
        """Finds every third path, and remembers what was found for the other program."""
        for path in paths:
            number = zlib.crc32(path.encode())
            if number % 3 == 0:
                self.found["index"][path] = f"{number:A<22}"
        return self.found["index"]

    def states(self, ids, use_proxy=False):
        for taskid in ids:
            state = "failed" if taskid[0] == "1" else "completed"
            year = "2020" if taskid[1] == "1" else "2999"
            self.found["status"][taskid] = {"state": state, "expires": f"{year}-01-01T00:00:00.000Z"}
        return self.found["status"]

    def forget(self):
        self.found = {"index": {}, "status": {}}
        for name, module in list(sys.modules.items()):
            if name.startswith("taskgraph"):
                for thing in list(vars(module).values()):
                    if callable(getattr(thing, "cache_clear", None)):
                        thing.cache_clear()

    def phases(self, top, kinds, unchecked=False):
        """Every phase as JSON, without checks of schemas if that is wanted; what is refused is a text, which begins with the function it came from, and ends it."""
        self.forget()
        made, phase = {}, "full"
        self.package.fast = unchecked
        signal.alarm(30)
        try:
            parameters = self.load(str(top / "parameters.yml"), strict=False, overrides={"target-kinds": kinds})
            generator = self.generator(root_dir="taskcluster", parameters=parameters)
            for phase in PHASES:
                graph = getattr(generator, NAMES[phase])
                import orjson

                made[phase] = json.loads(orjson.dumps(graph.to_json()))
        except (Exception, SystemExit) as error:
            function = traceback.extract_tb(error.__traceback__)[-1].name
            made[phase] = f"{function}: {type(error).__name__}: {error}"
        finally:
            signal.alarm(0)
        return made
