"""The process that the program has started. It starts the worker as its child, and outlives it to tidy up.

When the program dies, in whatever way, its end of the request pipe is closed; when the worker dies, its parent hears of
it. In both cases all that the worker has started ends: its process group, and on Linux also who has left that, as
daemons do, since orphans become children of this process.
"""

import os
import resource
import select
import signal
import sys
import time

#: How long a worker may take to end by itself once there are no more requests
GRACE = 0.5

#: How long those of the group, which were killed, are waited for before anybody else is looked for
DYING = 0.02

#: How long a process that has left the group may take to end when it is asked to, and what is left after it was killed
PATIENCE = 0.3
LAST = 2

_PR_SET_CHILD_SUBREAPER = 36

#: In the worker: where it is announced that orphans are adopted
_ready = None


def lead_group():
    """Makes this process the leader of its group, so that killing the group never hits anybody else."""
    if os.getpgrp() != os.getpid():
        try:
            os.setpgid(0, 0)
        except OSError:
            pass  # a session leader has a group of its own already


def start(requests, answers):
    """Returns in the worker, a new process. It comes before anything heavy is imported: who watches has only to poll."""
    global _ready
    reader, writer = os.pipe()
    worker = os.fork()
    if worker == 0:
        os.close(writer)
        _ready = reader
        return
    status = None
    try:
        os.close(reader)
        os.close(answers)
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        status = _Watcher(worker).run(requests, writer)
    except BaseException:
        _kill_group(os.getpgrp())
    finally:
        _exit_like(status)


def wait_until_ready():
    """In the worker: from here on nobody gets lost. The code of a tree runs later than this."""
    global _ready
    if _ready is not None:
        os.read(_ready, 1)
        os.close(_ready)
        _ready = None


class _Watcher:
    def __init__(self, worker):
        self.worker = worker
        self.group = os.getpgrp()
        #: the status of the worker, once it has ended
        self.status = None

    def run(self, requests, ready):
        """Waits for an end, and sees to it. Returns the status of the worker."""
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
            signal.signal(number, signal.SIG_IGN)
        wake, writer = os.pipe()
        for fd in (wake, writer):
            os.set_blocking(fd, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, lambda *_: None)
        adopts = _adopt_orphans()
        try:
            os.write(ready, b"x")
        except BrokenPipeError:
            pass  # the worker has ended
        os.close(ready)
        self.wait(requests, wake)
        self.end_all(adopts)
        return self.status

    def wait(self, requests, wake):
        """Until the worker has ended, or has to: nothing more is asked of it, or the program sends SIGTERM."""
        poll = select.poll()
        poll.register(requests, 0)
        poll.register(wake, select.POLLIN)
        deadline = None
        while self.reap() and self.status is None:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return
            for fd, _ in poll.poll(None if left is None else 1000 * left):
                if fd == requests:
                    poll.unregister(requests)
                    deadline = time.monotonic() + GRACE
                elif signal.SIGTERM in os.read(wake, 1 << 10):
                    return

    def reap(self):
        """Whether there are children left. Those that have ended are waited for, also orphans."""
        try:
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return True
                if pid == self.worker:
                    self.status = status
        except ChildProcessError:
            return False

    def end_all(self, adopts):
        is_apart = self.leave_group()
        if is_apart:
            _kill_group(self.group)
        if adopts:
            self.end_children()
        if not is_apart:
            _kill_group(self.group)  # this process is in it

    def leave_group(self):
        """Goes to the group of the program, which is not killed."""
        try:
            os.setpgid(0, os.getpgid(os.getppid()))
        except OSError:
            return False  # the program is gone: nobody asks how the worker has ended
        return os.getpgrp() != self.group

    def end_children(self):
        """All descendants: the children of a process that ends are the next ones here."""
        start = time.monotonic()
        asked = set()
        while self.reap():
            passed = time.monotonic() - start
            if passed > LAST:
                return
            for pid, group in _children(os.getpid()) if passed > DYING else ():
                # those of the group are killed anyway
                number = signal.SIGTERM if passed < PATIENCE and group != self.group else signal.SIGKILL
                if number == signal.SIGKILL or pid not in asked:
                    asked.add(pid)
                    _kill(pid, number)
            time.sleep(0.001 if passed < DYING else 0.01)


def _adopt_orphans():
    """Lets all descendants whose parent has ended become children of this process. Returns whether it works."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        import ctypes

        return ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    except Exception:  # a Python without it, or a C library without that
        return False


def _children(parent):
    """(pid, process group) of all children."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as f:
                    fields = f.read().rpartition(")")[2].split()
            except (OSError, UnicodeDecodeError):
                continue  # it has ended
            if int(fields[1]) == parent:
                found.append((int(name), int(fields[2])))
    return found


def _kill(pid, number):
    try:
        os.kill(pid, number)
    except OSError:
        pass  # it has ended


def _kill_group(group):
    try:
        os.killpg(group, signal.SIGKILL)
    except OSError:
        pass  # it is empty


def _exit_like(status):
    """Ends as the worker has ended, for the program to see."""
    if status is not None and os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(1 if status is None else os.WEXITSTATUS(status))
