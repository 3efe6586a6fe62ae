"""The reference, imported once and forked for each question. Runs in an environment that has Taskgraph, and imports
nothing of this folder.

Each line of standard input is a question in JSON, each line of standard output its answer:

    {"checkout": ID, "top": DIR, "parameters": FILE, "urls": [URL…], "methods": true, "actions": true, "morph": true}
    {"checkout": ID, "top": DIR, "decision": OPTIONS}

    {"decision": PARAMETERS}
    {"full": {…}, "targets": {METHOD: [LABEL…]}, "morphed": {…}, "found": {…}, "actions": {…}, "entered": {KIND: [FUNCTION…]},
     "imported": [NAME…], "refused": {…}}
"""

import json
import logging
import os
import sys
import traceback
import types
import zlib

logging.disable(logging.CRITICAL)

import orjson  # noqa: E402
import pickle  # noqa: E402
import taskgraph.util.hash as hashing  # noqa: E402

# What was found out about the files of a checkout, by function and arguments. Files do not change between questions
# about the same checkout, and finding them takes most of the time.
KNOWN, NEW = {}, {}


def remembered(name):
    find = getattr(hashing, name)

    def remember(*arguments):
        key = (name, *arguments)
        if key not in KNOWN:
            KNOWN[key] = NEW[key] = find(*arguments)
        return KNOWN[key]

    setattr(hashing, name, remember)


remembered("_find_matching_files")
remembered("hash_path")

import requests  # noqa: E402
import taskgraph.actions.registry  # noqa: E402
import taskgraph.config  # noqa: E402
import taskgraph.decision  # noqa: E402
import taskgraph.generator  # noqa: E402
import taskgraph.main  # noqa: E402
import taskgraph.morph  # noqa: E402
import taskgraph.optimize.base as optimize  # noqa: E402
import taskgraph.parameters  # noqa: E402
import taskgraph.target_tasks as target_tasks  # noqa: E402

ROOT = "taskcluster"


class Trace:
    """Records the functions of the tree that run for each kind."""

    def __init__(self, root):
        self.root, self.kind, self.entered = os.path.realpath(root) + "/", None, {}
        load = taskgraph.generator.Kind.load_tasks

        def load_tasks(kind, *args, **kwargs):
            self.kind = kind.name
            try:
                return load(kind, *args, **kwargs)
            finally:
                self.kind = None

        taskgraph.generator.Kind.load_tasks = load_tasks
        sys.settrace(self.call)

    def call(self, frame, event, _):
        file = frame.f_code.co_filename
        if file.startswith(self.root):
            name = f"{file[len(self.root) :]}:{frame.f_code.co_name}"
            self.entered.setdefault(self.kind or "", set()).add(name)

    def facts(self):
        sys.settrace(None)
        return {kind: sorted(names) for kind, names in self.entered.items()}


def plain(graph):
    return json.loads(orjson.dumps(graph.to_json()))


def answer(question):
    os.chdir(question["top"])
    urls = set(question.get("urls", []))

    def look(url, **_):
        return types.SimpleNamespace(ok=url in urls, status_code=200 if url in urls else 404)

    # No network is asked.
    requests.head = requests.get = look
    requests.Session.request = None
    found = {"index": {}, "status": {}}

    def find(paths, use_proxy=False):
        for path in paths:
            number = zlib.crc32(path.encode())
            if number % 3 == 0:
                found["index"][path] = f"{number:A<22}"
        return found["index"]

    def states(ids, use_proxy=False):
        for taskid in ids:
            state = "failed" if taskid[0] == "1" else "completed"
            year = "2020" if taskid[1] == "1" else "2999"
            found["status"][taskid] = {"state": state, "expires": f"{year}-01-01T00:00:00.000Z"}
        return found["status"]

    optimize.find_task_id_batched, optimize.status_task_batched = find, states
    trace = Trace(ROOT)
    out, step = {}, "parameters"
    try:
        if "decision" in question:
            config = taskgraph.config.load_graph_config(ROOT)
            config.register()
            made = taskgraph.decision.get_decision_parameters(config, question["decision"])
            return {"decision": json.loads(orjson.dumps(dict(made), option=orjson.OPT_NON_STR_KEYS))}
        parameters = taskgraph.parameters.parameters_loader(question["parameters"], strict=False)
        generator = taskgraph.generator.TaskGraphGenerator(root_dir=ROOT, parameters=parameters)
        step = "full"
        full = generator.full_task_graph
        out["full"] = plain(full)
        config = generator.graph_config
        step = "targets"
        out["targets"] = {}
        if question.get("methods"):
            for name in sorted(target_tasks._target_task_methods):
                if target_tasks._target_task_methods[name].__module__.startswith("taskgraph."):
                    continue
                method = target_tasks.get_method(name)
                try:
                    out["targets"][name] = sorted(method(full, generator.parameters, config))
                except Exception as error:
                    out["targets"][name] = f"{type(error).__name__}: {error}"
        if question.get("actions"):
            step = "actions"
            out["actions"] = taskgraph.actions.registry.render_actions_json(
                generator.parameters, config, "DECISION-TASK"
            )
        if question.get("morph"):
            step = "morphed"
            out["morphed"], out["found"] = plain(generator.morphed_task_graph), found
    except BaseException as error:
        where = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(trace.root)]
        place = f"{where[-1].filename[len(trace.root) :]}:{where[-1].lineno}" if where else ""
        out["refused"] = {"step": step, "error": f"{type(error).__name__}: {error}"[:2000], "place": place}
    out["entered"] = trace.facts()
    inside = {
        name.split(".")[0]
        for name, module in sys.modules.items()
        if (getattr(module, "__file__", None) or "").startswith(trace.root)
    }
    inside |= {"__main__", "__mp_main__"}
    out["imported"] = sorted({name.split(".")[0] for name in sys.modules} - inside)
    return out


def main():
    sys.stdout.flush()
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    checkout = None
    for line in sys.stdin:
        question = json.loads(line)
        if question["checkout"] != checkout:
            checkout = question["checkout"]
            KNOWN.clear()
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            try:
                reported = answer(question)
            except BaseException as error:
                reported = {"refused": {"step": "start", "error": f"{type(error).__name__}: {error}"[:2000], "place": ""}}
            with os.fdopen(write, "wb") as pipe:
                pickle.dump((orjson.dumps(reported), NEW), pipe)
            os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            sent = pipe.read()
        os.waitpid(child, 0)
        text, new = pickle.loads(sent) if sent else (b'{"refused": {"step": "start", "error": "died", "place": ""}}', {})
        KNOWN.update(new)
        channel.write(text.decode() + "\n")
        channel.flush()


main()
