"""The tasks that the worker knows, and what the program was told of each."""

import hashlib

from . import encoding


class Tasks:
    """Keeps the very Task objects that kinds made, as transforms may have kept them too, or share values between them.

    What the program knows of a task is remembered as a digest, so that a change in place, which Python code may make to
    any task that it can reach, is noticed and told.
    """

    def __init__(self):
        #: label -> Task, in the order in which they became known
        self.by_label = {}
        self._told = {}

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
        self._told[task.label] = _digest(text)
        return text

    def add_told(self, task, digest):
        """Takes a task of which the program was told by another process."""
        self.by_label[task.label] = task
        self._told[task.label] = digest

    def get(self, labels):
        return [self[label] for label in labels]

    def __getitem__(self, label):
        try:
            return self.by_label[label]
        except KeyError:
            raise KeyError("the worker knows no task %r" % (label,)) from None

    def changed(self, labels=None):
        """The JSON of those that are not as they were told any more. They are told with this."""
        found = []
        for label in self.by_label if labels is None else labels:
            text = encode(self[label])
            digest = _digest(text)
            if self._told.get(label) != digest:
                self._told[label] = digest
                found.append(text)
        return found


def encode(task):
    return encoding.dumps(task.to_json(), task.label)


def _digest(text):
    return hashlib.blake2b(text, digest_size=16).digest()
