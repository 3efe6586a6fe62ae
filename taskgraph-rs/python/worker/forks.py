"""Kinds that are made in processes of their own, as versions of Taskgraph that fork do it: what a kind leaves behind in
a module, or changes in a task of another kind, is lost with its process.

A child sends its answer to the parent through a pipe; the parent passes it on, whole, and keeps the Task objects that
came with it.
"""

import os
import select
import signal
import struct
import sys
import time

from . import protocol
from .errors import Died


class Child:
    """A running child, and what it has sent so far."""

    def __init__(self, identity, kind, pid, fd):
        self.identity = identity
        self.kind = kind
        self.pid = pid
        self.fd = fd
        self.received = bytearray()
        self.status = None

    def read(self):
        """Reads what is there. Returns whether there will be more."""
        try:
            part = os.read(self.fd, 1 << 20)
        except BlockingIOError:
            return True
        self.received += part
        return bool(part) and not self.complete()

    def complete(self):
        """Whether both parts have arrived. A grandchild may keep the pipe open: its end is not waited for."""
        if len(self.received) < 8:
            return False
        answer, tasks = struct.unpack_from(">II", self.received)
        return len(self.received) >= 8 + answer + tasks

    def parts(self):
        answer, tasks = struct.unpack_from(">II", self.received)
        return bytes(self.received[8 : 8 + answer]), bytes(self.received[8 + answer : 8 + answer + tasks])

    def ended(self):
        if self.status is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:  # Python code of the tree has waited for all children there are
                pid, status = self.pid, 0
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def finish(self):
        """Reads the rest, and makes sure that the process ends."""
        deadline = time.monotonic() + 1
        while not self.ended() and time.monotonic() < deadline:
            time.sleep(0.002)
        while not self.complete() and select.select([self.fd], [], [], 0)[0] and self.read():
            pass  # what it wrote before it died, if that is all of it
        os.close(self.fd)
        if not self.ended():
            # whatever it is still busy with, nobody would hear of it
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.status = -signal.SIGKILL

    def death(self):
        if self.status is not None and self.status < 0:
            try:
                name = signal.Signals(-self.status).name
            except ValueError:
                name = str(-self.status)
            message, number, status = "was killed by signal %s" % name, -self.status, None
        else:
            message, number, status = "exited with status %s" % self.status, None, self.status
        return Died("the process that made kind %s %s without an answer" % (self.kind, message), number, status)


def start(identity, kind, work):
    """Forks. `work` gives (body of the answer, pickled tasks or b"") in the child."""
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        # Never leave this block in the child
        status = 1
        try:
            os.close(reader)
            me = os.getpid()
            answer, tasks = work()
            if os.getpid() == me:  # a transform may have forked, and come back twice
                sys.stdout.flush()
                sys.stderr.flush()
                protocol.write_all(writer, struct.pack(">II", len(answer), len(tasks)))
                protocol.write_all(writer, answer)
                protocol.write_all(writer, tasks)
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    os.set_blocking(reader, False)
    return Child(identity, kind, pid, reader)
