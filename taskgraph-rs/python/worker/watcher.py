"""A process that outlives both sides and tidies up.

When the program dies, in whatever way, its end of the request pipe is closed; when the worker dies, its pidfd becomes
readable. In both cases all that is left of the worker's process group is killed, also the children of transforms.
"""

import errno
import os
import select
import signal
import time

#: How long a worker may take to end by itself once there are no more requests
GRACE = 0.5


def lead_group():
    """Makes this process the leader of its group, so that killing the group never hits anybody else."""
    if os.getpgrp() != os.getpid():
        try:
            os.setpgid(0, 0)
        except OSError:
            pass  # a session leader has a group of its own already


def start(requests, answers):
    """Starts the watcher, before anything heavy is imported: it has only to poll."""
    worker = os.getpid()
    # Twice, so that the watcher is no child of the worker: `os.wait()` in a transform must not find it
    first = os.fork()
    if first:
        os.waitpid(first, 0)
        return
    try:
        if os.fork() == 0:
            _watch(worker, requests, answers)
    finally:
        os._exit(0)


def _watch(worker, requests, answers):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, signal.SIG_IGN)
    os.close(answers)
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    ended = _Process(worker)
    poll = select.poll()
    poll.register(requests, 0)
    if ended.fd is not None:
        poll.register(ended.fd, select.POLLIN)
    while not ended.check():
        if any(fd == requests for fd, _ in poll.poll(None if ended.fd is not None else 200)):
            deadline = time.monotonic() + GRACE
            while not ended.check() and time.monotonic() < deadline:
                time.sleep(0.01)
            break
    try:
        os.killpg(worker, signal.SIGKILL)
    except OSError:
        if not ended.check():  # it could not make a group
            os.kill(worker, signal.SIGKILL)


class _Process:
    """Tells whether a process has ended."""

    def __init__(self, pid):
        self.pid = pid
        try:
            self.fd = os.pidfd_open(pid)
        except (AttributeError, OSError):
            self.fd = None

    def check(self):
        if self.fd is not None:
            return bool(select.select([self.fd], [], [], 0)[0])
        try:
            os.kill(self.pid, 0)
        except OSError as e:
            return e.errno == errno.ESRCH
        return False
