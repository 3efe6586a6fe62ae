import os
import signal
import subprocess
import sys
import time

from . import client
from .trees import TreeCase


class Processes(TreeCase):
    def prepare(self, body, name="it"):
        self.steps("does_" + name, body)
        self.kind(name, transforms=["does_" + name])

    def test_a_transform_that_ends_the_process(self):
        self.prepare("yield from ()\nimport os\nos._exit(0)\n")
        worker = self.opened()
        with self.assertRaises(client.Ended):
            worker.wait(self.make(worker, "it"))
        self.assertEqual(worker.close(), 0)

    def test_a_child_that_ends_without_an_answer_is_answered_for(self):
        self.prepare("yield from ()\nimport os\nos._exit(7)\n")
        self.prepare("yield from ()\nimport os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", "other")
        self.kind("fine")
        worker = self.opened()
        error = self.not_made(worker, "it", fork=True)
        self.assertEqual((error["type"], error["status"], error["signal"]), ("Died", 7, None))
        self.assertIn("kind it exited with status 7", error["message"])
        error = self.not_made(worker, "other", fork=True)
        self.assertEqual((error["type"], error["status"], error["signal"]), ("Died", None, signal.SIGSEGV))
        self.assertEqual(list(self.made(worker, "fine", fork=True)), ["fine-one"])

    def test_a_fork_that_comes_back_does_not_answer_twice(self):
        self.prepare("yield from tasks\nimport os\nos.fork()\n")
        self.kind("fine")
        for fork in (False, True):
            worker = self.opened()
            self.assertEqual(list(self.made(worker, "it", fork=fork)), ["it-one"])
            time.sleep(0.2)
            self.assertEqual(list(self.made(worker, "fine", fork=fork)), ["fine-one"])

    def test_a_fork_that_raises_does_not_answer_either(self):
        self.prepare("yield from tasks\nimport os\nif os.fork() == 0:\n    raise ValueError\nos.wait()\n")
        for fork in (False, True):
            worker = self.opened()
            self.assertEqual(list(self.made(worker, "it", fork=fork)), ["it-one"])

    def test_a_grandchild_that_stays_keeps_no_answer_back(self):
        self.prepare("yield from tasks\nimport os, time\nif os.fork() == 0:\n    time.sleep(60)\n    os._exit(0)\n")
        worker = self.opened()
        begin = time.monotonic()
        self.assertEqual(list(self.made(worker, "it", fork=True)), ["it-one"])
        self.assertLess(time.monotonic() - begin, 20)

    def test_the_time_can_be_up(self):
        self.prepare(
            """
            import subprocess, time
            while True:
                try:
                    print("working", flush=True)
                    subprocess.run(["sleep", "60"])
                    time.sleep(60)
                except Exception:
                    pass
            yield from tasks
            """
        )
        self.kind("fine")
        for fork in (False, True):
            worker = self.opened()
            identity = self.make(worker, "it", fork=fork)
            self.assertTrue(client.wait_until(lambda: "working" in worker.log()))
            time.sleep(0.2)
            begin = time.monotonic()
            worker.interrupt()
            with self.assertRaises(client.Refused) as caught:
                worker.wait(identity)
            self.assertLess(time.monotonic() - begin, 10)
            self.assertEqual(caught.exception.answer["type"], "TimedOut")
            self.assertEqual(caught.exception.answer["transform"], "example_taskgraph.does_it:does_it")
            self.assertEqual(list(self.made(worker, "fine", fork=fork)), ["fine-one"])

    def test_signals_between_requests_do_nothing(self):
        self.kind("fine")
        worker = self.opened()
        worker.interrupt()
        os.killpg(worker.process.pid, signal.SIGINT)
        time.sleep(0.2)
        self.assertEqual(list(self.made(worker, "fine")), ["fine-one"])

    def test_everything_ends_when_the_worker_does(self):
        """Also what a transform has started, and left."""
        self.prepare(
            """
            import os, subprocess
            print("started", subprocess.Popen(["sleep", "60"]).pid, flush=True)
            yield from ()
            os._exit(1)
            """
        )
        worker = self.opened()
        with self.assertRaises(client.Ended):
            worker.wait(self.make(worker, "it"))
        started = int(worker.log().rpartition("started ")[2].split()[0])
        self.assertTrue(client.wait_until(lambda: not client.alive(started)))

    def test_everything_ends_when_the_program_is_killed(self):
        self.prepare(
            """
            import os, subprocess, time
            with open("pids", "w") as f:
                f.write("%d %d %d %d" % (os.getpid(), os.getppid(), os.getpgrp(), subprocess.Popen(["sleep", "60"]).pid))
            os.rename("pids", "pids.txt")
            while True:
                time.sleep(1)
            yield from tasks
            """
        )
        for fork in (False, True):
            program = subprocess.Popen([sys.executable, "-c", PROGRAM % fork, self.folder], cwd=self.project())
            path = os.path.join(self.folder, "pids.txt")
            self.assertTrue(client.wait_until(lambda: os.path.exists(path), 20))
            with open(path) as f:
                pids = [int(pid) for pid in f.read().split()]
            os.unlink(path)
            pids.remove(program.pid) if program.pid in pids else None
            self.assertTrue(all(client.alive(pid) for pid in pids))
            program.kill()
            program.wait()
            self.assertTrue(client.wait_until(lambda: not any(client.alive(pid) for pid in pids)), pids)
            self.assertEqual(group_members(pids[-2]), [])

    def test_the_watcher_goes_too(self):
        worker = self.opened()
        group = worker.process.pid
        self.assertEqual(group_members(group), sorted([group, worker.opened["pid"]]))
        os.kill(worker.opened["pid"], signal.SIGKILL)
        self.assertEqual(worker.close(), -signal.SIGKILL)
        self.assertEqual(group_members(group), [])

    def test_who_leaves_the_group_ends_too(self):
        """A daemon, and the children of one, whether or not they listen to SIGTERM."""
        self.prepare(LEAVES)
        for fork in (False, True):
            for how in ("closed", "signalled", "killed"):
                worker = self.opened()
                self.made(worker, "it", fork=fork)
                with open(os.path.join(self.folder, "pids.txt")) as f:
                    pids = [int(pid) for pid in f.read().split()]
                self.assertEqual(len(pids), 5)
                self.assertTrue(all(client.alive(pid) and os.getpgid(pid) != worker.process.pid for pid in pids), pids)
                if how == "signalled":
                    worker.process.terminate()
                elif how == "killed":
                    os.kill(worker.opened["pid"], signal.SIGKILL)
                if how != "closed":
                    worker.process.wait(20)
                self.assertEqual(worker.close(), 0 if how == "closed" else -signal.SIGKILL)
                self.assertFalse([pid for pid in pids if client.alive(pid)], how)
                # who can, tidies up
                os.unlink(os.path.join(self.folder, "tidy.txt"))
                os.unlink(os.path.join(self.folder, "pids.txt"))

    def test_transforms_have_no_children_that_are_not_theirs(self):
        self.prepare("yield from tasks\nimport os\ntry:\n    os.wait()\nexcept ChildProcessError:\n    print('none')\n")
        worker = self.opened()
        self.made(worker, "it")
        self.assertIn("none\n", worker.log())

    @staticmethod
    def project():
        return os.path.join(client.PROJECT, "tests")


def group_members(group):
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and client.alive(int(name)):
            try:
                if os.getpgid(int(name)) == group:
                    found.append(int(name))
            except ProcessLookupError:
                pass
    return sorted(found)


#: Starts sessions of their own: one with a child; one whose parent ends; one that tidies up when it is asked to end
LEAVES = """
import os, subprocess, sys, time
path = os.path.join(config.graph_config.vcs_root, "pids.txt")
def note():
    with open(path, "a") as f:
        f.write("%d " % os.getpid())
def wait(ignores):
    import signal
    if ignores:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGUSR1):
            signal.signal(number, signal.SIG_IGN)
    note()
    time.sleep(1000)
    os._exit(0)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        wait(True)
    wait(False)
daemon = os.fork()
if daemon == 0:
    os.setsid()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            wait(True)
        wait(True)
    os._exit(0)
os.waitpid(daemon, 0)
tidy = path.replace("pids", "tidy")
code = "trap 'echo > %s; exit' TERM; echo $$ >> %s; while true; do sleep 0.1; done" % (tidy, path)
subprocess.Popen(["sh", "-c", code], start_new_session=True)
while not os.path.exists(path) or len(open(path).read().split()) < 5:
    time.sleep(0.01)
yield from tasks
"""

#: A program that asks for a kind which does not end
PROGRAM = """
import sys
from python_worker import client
from python_worker.trees import PARAMETERS
folder = sys.argv[1]
worker = client.Client(folder)
worker.call("open", root="taskcluster")
worker.call("parameters", values=PARAMETERS, strict=False, repo_root=folder)
worker.call("kind", name="it", upstream=[], loaded=None, new=[], write_artifacts=False, fork=%r)
"""
