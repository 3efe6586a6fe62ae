"""The tasks that the worker knows, and a digest of what the program knows of each."""

import hashlib

from . import encoding


class Tasks:
    """Keeps the very Task objects that kinds made, as transforms may have kept them too, or share values between them.

    What the program knows of a task is remembered as a digest, so that a change in place, which Python code may make to
    any task that it can reach, is noticed and reported.
    """

    def __init__(self):
        #: label -> Task, in the order in which they became known
        self.by_label = {}
        self._reported = {}

    def take(self, values):
        """Takes tasks that the program made. Returns their labels."""
        from taskgraph.task import Task

        labels = []
        for value in values or ():
            task = Task.from_json(value)
            self.add(task)
            labels.append(task.label)
        return labels

    def add(self, task):
        """Returns the JSON of the task, which is what the program is going to know of it."""
        text = encode(task)
        self.by_label[task.label] = task
        self._reported[task.label] = digest(text)
        return text

    def add_known(self, task, reported):
        """Takes a task that the program knows from another process. `reported` is the digest of its JSON there."""
        self.by_label[task.label] = task
        self._reported[task.label] = reported

    def get(self, labels):
        return [self[label] for label in labels]

    def __getitem__(self, label):
        try:
            return self.by_label[label]
        except KeyError:
            raise KeyError("the worker knows no task %r" % (label,)) from None

    def changed(self, labels=None):
        """Returns the JSON of those that have changed since they were reported. This call reports them."""
        found = []
        for label in self.by_label if labels is None else labels:
            text = encode(self[label])
            now = digest(text)
            if self._reported.get(label) != now:
                self._reported[label] = now
                found.append(text)
        return found


def encode(task):
    return encoding.dumps(task.to_json(), task.label)


def digest(text):
    return hashlib.blake2b(text, digest_size=16).digest()
