"""The loop of the worker: reads requests, runs them, answers each exactly once."""

import atexit
import gc
import os
import select
import signal
import sys

from . import encoding, errors, forks, protocol, watcher
from .methods import Methods
from .sessions import AnswerPipe, Sessions
from .tree import Protocol

#: How often it is looked whether a child has ended that keeps its pipe open, in milliseconds
LOOK_AFTER_CHILDREN = 100


def main(requests, answers):
    watcher.lead_group()
    watcher.start(requests, answers)
    gc.disable()  # a short process that makes millions of objects, nearly all of which stay
    for stream in (sys.stdout, sys.stderr):
        # what transforms print is a log; a character that the locale lacks is no reason to fail
        stream.reconfigure(line_buffering=True, errors="backslashreplace")
    status = 0
    try:
        Worker(requests, answers).serve()
    except (protocol.EndOfRequests, BrokenPipeError):
        pass
    except protocol.BadFrame as e:
        sys.stderr.write("the worker was sent what is no request: %s\n" % e)
        status = 2
    try:
        atexit._run_exitfuncs()
    finally:
        _flush()
        os._exit(status)


class Worker:
    def __init__(self, requests, answers):
        self.requests = requests
        self.answers = AnswerPipe(answers)
        self.sessions = Sessions()
        self.pid = os.getpid()
        self.busy = False
        self.where = errors.Where()
        self.methods = Methods(self.where)
        #: file descriptor -> Child
        self.children = {}
        # memory for the description of a MemoryError
        self.reserve = bytearray(1 << 20)
        signal.signal(signal.SIGUSR1, self._interrupt)
        # not SIG_IGN, which children would inherit: the program decides what Ctrl-C means
        signal.signal(signal.SIGINT, lambda *_: None)

    def _interrupt(self, *_):
        if self.busy and os.getpid() == self.pid:
            raise errors.TimedOut("the time is up")

    def serve(self):
        while True:
            for fd in self._ready():
                if fd == self.requests:
                    self._take(protocol.read_frame(self.requests))
                elif fd in self.children:
                    self._hear(self.children[fd])

    def _take(self, frame):
        """A frame is for a session, begins or ends one, or is handled here."""
        is_passed_on, gone = self.sessions.pass_on(frame)
        if gone is not None:
            self._answer(self._failure(gone, Protocol("the session is over")))
        if is_passed_on:
            return
        request = protocol.read_request(frame)
        if request.get("method") == "session":
            number, requests = self.sessions.begin()
            if requests is not None:
                self._become_session(requests)
            else:
                self._answer(protocol.answer_body(request.get("id"), b"ok", b'{"session":%d}' % number))
        elif request.get("method") == "end_session":
            self.sessions.end(request.get("number"))
            self._answer(protocol.answer_body(request.get("id"), b"ok", b"{}"))
        else:
            self._handle(request)

    def _become_session(self, requests):
        """Continues in a copy of the worker, which ends when the worker closes its pipe."""
        os.close(self.requests)
        self.requests = requests
        self.pid = os.getpid()
        self.children = {}
        self.busy = False

    def _look_after_sessions(self):
        for session in self.sessions.dead():
            for identity in session.requests:
                self._answer(self._failure(identity, session.death()))

    def _ready(self):
        if self.sessions:
            self._look_after_sessions()
        if not self.children and not self.sessions:
            return [self.requests]
        poll = select.poll()
        for fd in [self.requests, *self.children]:
            poll.register(fd, select.POLLIN)
        ready = [fd for fd, _ in poll.poll(LOOK_AFTER_CHILDREN)]
        return ready or [fd for fd, child in self.children.items() if child.ended()]

    def _handle(self, request):
        identity = request.get("id")
        if request.get("method") == "kind" and request.get("fork"):
            body = self._run(identity, lambda: self._fork(identity, request))
        else:
            body = self._run(identity, lambda: self.methods.call(request))
        if body is not None:
            self._answer(body)

    def _run(self, identity, work):
        """The body of the answer: what `work` made, or why it did not. None if somebody else is going to answer."""
        try:
            self.busy = True
            value = work()
            self.busy = False
            return None if value is None else protocol.answer_body(identity, b"ok", value)
        except BaseException as e:
            self.busy = False
            return self._failure(identity, e)
        finally:
            self.where.steps_of = None

    def _failure(self, identity, error):
        self.reserve = None
        try:
            value = encoding.dumps(errors.describe(error, self.where))
        except BaseException as e:
            value = encoding.dumps(
                {
                    "type": type(error).__name__,
                    "message": "%s; it cannot be described: %s" % (type(error).__name__, type(e).__name__),
                    "frames": [],
                }
            )
        try:
            self.reserve = bytearray(1 << 20)
        except MemoryError:
            pass  # the frames of the error still have it all
        return protocol.answer_body(identity, b"error", value)

    def _answer(self, body):
        if os.getpid() != self.pid:
            # A transform has forked, and the child came back as if it were the worker
            _flush()
            os._exit(0)
        _flush()
        self.answers.write(body)

    def _fork(self, identity, request):
        """Starts a child. Returns None: it is the child that answers."""
        self.methods.need_parameters()
        kinds = self.methods.kinds
        kind, given = kinds.prepare(request)
        tasks = b""

        def make():
            nonlocal tasks
            answer, tasks = kinds.make_elsewhere(kind, given, request)
            return answer

        def work():
            self.pid = os.getpid()
            self.children = {}
            os.close(self.requests)
            self.answers.close()
            return self._run(identity, make), tasks

        child = forks.start(identity, kind.name, work)
        self.children[child.fd] = child

    def _hear(self, child):
        if child.read() and not child.ended():
            return
        del self.children[child.fd]
        child.finish()
        if child.complete():
            body, pickled = child.parts()
            if pickled:
                failed = self._run(child.identity, lambda: self.methods.kinds.take_from_child(pickled))
                body = failed or body
        else:
            body = self._failure(child.identity, child.death())
        self._answer(body)


def _flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass
