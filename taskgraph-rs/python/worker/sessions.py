"""Sessions: copies of the worker, each of which serves one graph.

The worker registers what the tree adds, and then forks a copy for every graph. What the Python of the tree remembers
between kinds ends with the graph, as it does with the process of the reference; and importing is done once.
"""

import fcntl
import os
import re
import signal
import sys
import tempfile

from . import protocol
from .errors import Died

#: Where a request names its session: among the first members
_SESSION = re.compile(rb'^\{"id":(\d+),"method":"\w+","session":(\d+)')


class AnswerPipe:
    """The answer pipe, which all copies write to, one frame at a time."""

    def __init__(self, fd):
        self.fd = fd
        # the lock belongs to a process, so that copies exclude each other
        self.lock = tempfile.TemporaryFile(prefix="taskgraph-")

    def write(self, body):
        fcntl.lockf(self.lock, fcntl.LOCK_EX)
        try:
            protocol.write_frame(self.fd, body)
        finally:
            fcntl.lockf(self.lock, fcntl.LOCK_UN)

    def close(self):
        os.close(self.fd)


class Session:
    """A copy of the worker, as the worker sees it."""

    def __init__(self, pid, fd):
        self.pid = pid
        self.fd = fd
        self.requests = []
        self.status = None

    def ended(self):
        if self.status is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                pid, status = self.pid, 0
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def death(self):
        if self.status < 0:
            try:
                name = signal.Signals(-self.status).name
            except ValueError:
                name = str(-self.status)
            return Died("the Python of the tree was killed by signal %s" % name, -self.status, None)
        return Died("the Python of the tree ended the process with status %s" % self.status, None, self.status)


class Sessions:
    def __init__(self):
        self.by_number = {}
        self.ending = []
        self.last = 0
        #: whether this is a session itself, whose requests are for nobody else
        self.is_session = False

    def __bool__(self):
        return bool(self.by_number or self.ending)

    def begin(self):
        """Forks. Returns the number of the session in the worker, and the file descriptor of its requests in the copy."""
        reader, writer = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self.last += 1
        pid = os.fork()
        if pid == 0:
            os.close(writer)
            for other in self.by_number.values():
                os.close(other.fd)
            self.by_number, self.ending, self.is_session = {}, [], True
            return None, reader
        os.close(reader)
        self.by_number[self.last] = Session(pid, writer)
        return self.last, None

    def pass_on(self, frame):
        """Hands a request to the session that it names. Returns whether it names one, and its id if that is gone."""
        named = None if self.is_session else _SESSION.match(frame)
        if named is None:
            return False, None
        identity, number = int(named.group(1)), int(named.group(2))
        session = self.by_number.get(number)
        if session is None:
            return True, identity
        session.requests.append(identity)
        try:
            protocol.write_frame(session.fd, frame)
        except BrokenPipeError:
            pass  # it has ended, which is reported as soon as that is noticed
        return True, None

    def end(self, number):
        session = self.by_number.pop(number, None)
        if session is not None:
            os.close(session.fd)
            self.ending.append(session)

    def dead(self):
        """Pairs of a session that ended by itself, and the ids of its requests. Who got an answer ignores a second one."""
        self.ending = [session for session in self.ending if not session.ended()]
        gone = [number for number, session in self.by_number.items() if session.ended()]
        for number in gone:
            session = self.by_number.pop(number)
            os.close(session.fd)
            yield session
