"""A client of the worker: sends requests, waits for answers."""

import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(PROJECT, "taskgraph-rs", "python", "worker")
PYTHON = os.environ.get("TASKGRAPH_PYTHON") or sys.executable


def source(name):
    with open(os.path.join(FOLDER, name + ".py"), encoding="utf-8") as f:
        return f.read()


def modules():
    names = (name[:-3] for name in os.listdir(FOLDER) if name.endswith(".py"))
    return {name: source(name) for name in names if name != "bootstrap"}


def version():
    """The Taskgraph that the worker has, as numbers."""
    code = "import taskgraph; print(taskgraph.__version__)"
    run = subprocess.run([PYTHON, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    if run.returncode:
        raise RuntimeError("%s has no Taskgraph; TASKGRAPH_PYTHON can name a Python that has" % PYTHON)
    return tuple(int(part) for part in run.stdout.strip().split(".")[:3])


class Refused(Exception):
    """The answer is an error, which is `answer`."""

    def __init__(self, answer):
        super().__init__(json.dumps(answer, indent=1, ensure_ascii=False))
        self.answer = answer


class Ended(Exception):
    """The worker has closed its end."""


class Client:
    def __init__(self, folder, environment=None):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("TASK", "MOZ_", "PYTHONPATH"))}
        env.update(TASKCLUSTER_ROOT_URL="https://tc.example.com", PYTHONHASHSEED="1", **(environment or {}))
        self.log_file = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [PYTHON, "-c", source("bootstrap")],
            cwd=folder,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log_file,
            preexec_fn=os.setpgrp,
        )
        self.last = 0
        self.waiting = {}
        self.send({"modules": modules(), "main": "main"})

    def send(self, value):
        body = json.dumps(value, separators=(",", ":")).encode()
        self.process.stdin.write(struct.pack(">I", len(body)) + body)
        self.process.stdin.flush()

    def receive(self):
        head = self.process.stdout.read(4)
        if len(head) < 4:
            raise Ended
        return json.loads(self.process.stdout.read(struct.unpack(">I", head)[0]))

    def start(self, method, **members):
        self.last += 1
        # as the program writes it: the worker finds the session without reading all of a request
        self.send({"id": self.last, "method": method, **members})
        return self.last

    def wait(self, identity):
        while identity not in self.waiting:
            answer = self.receive()
            if answer["id"] in self.waiting:
                raise AssertionError("answered twice: %r" % (answer["id"],))
            self.waiting[answer["id"]] = answer
        answer = self.waiting.pop(identity)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["ok"]

    def call(self, method, **members):
        return self.wait(self.start(method, **members))

    def refused(self, method, **members):
        """The error that a method answers with."""
        try:
            answer = self.call(method, **members)
        except Refused as e:
            return e.answer
        raise AssertionError("%s was not refused: %r" % (method, answer))

    def interrupt(self):
        os.killpg(self.process.pid, signal.SIGUSR1)

    def log(self):
        self.log_file.seek(0)
        return self.log_file.read().decode("utf-8", "replace")

    def close(self):
        """The exit status."""
        if not self.process.stdin.closed:
            self.process.stdin.close()
        status = self.process.wait(10)
        self.process.stdout.close()
        self.log_file.close()
        return status


def alive(pid):
    """Whether a process runs; one that has ended and is not waited for does not."""
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(condition, seconds=5):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return condition()
