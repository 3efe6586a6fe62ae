import functools
import importlib.util
import json
import os
import shutil
import subprocess
import types

from . import client
from .trees import TreeCase

HASHES = """
from taskgraph.util.hash import hash_paths
for task in tasks:
    folder = config.graph_config.vcs_root
    task["env"] = {p: hash_paths(folder, [p]) for p in ("taskcluster/**", "*.txt", "taskcluster/config.yml")}
    yield task
"""


class Files(TreeCase):
    """Files under version control are listed once."""

    def setUp(self):
        super().setUp()
        self.write("one.txt", "one\n")
        self.steps("hashes", HASHES)
        self.kind("it", ["a", "b"], ["hashes"])

    def commit(self):
        for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
            who = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
            subprocess.run(["git", *who, *words], cwd=self.folder, check=True)

    def git_that_counts(self):
        """An environment in which the calls of git are written down, and the file that has them."""
        calls = os.path.join(self.folder, ".git", "calls")
        self.write(".git/bin/git", '#!/bin/sh\necho "$1" >> %s\nexec %s "$@"\n' % (calls, shutil.which("git")))
        os.chmod(os.path.join(self.folder, ".git", "bin", "git"), 0o755)
        return {"PATH": os.path.join(self.folder, ".git", "bin") + os.pathsep + os.environ["PATH"]}, calls

    def test_the_hashes_are_those_of_the_reference(self):
        self.commit()
        expected = json.loads(self.reference(["full", "-J"]))
        environment, calls = self.git_that_counts()
        for fork in (False, True):
            worker = self.opened(environment)
            open(calls, "w").close()
            self.assertEqual(self.made(worker, "it", fork=fork), expected)
            with open(calls) as f:
                self.assertEqual(f.read().split(), ["ls-tree"])
            self.assertEqual(worker.call("finish_kinds")["patched"], [])

    def test_a_tree_that_lists_files_itself_does_so(self):
        self.write("two.txt", "two\n")
        for where, words in (
            ("taskgraph.util.vcs", "GitRepository.get_tracked_files = lambda self, *paths, rev=None:"),
            ("taskgraph.util.hash", "_get_all_files = lambda base_path, repo:"),
        ):
            files = '["taskcluster/config.yml", "two.txt"]'
            self.register("import %s\n%s.%s %s\n" % (where, where, words, files))
            if not os.path.exists(os.path.join(self.folder, ".git")):
                self.commit()
            expected = json.loads(self.reference(["full", "-J"]))
            worker = self.opened()
            self.assertEqual(self.made(worker, "it"), expected)
            self.assertIn(where, worker.opened["patched"][0])


    def test_another_function_of_that_name_is_left_alone(self):
        """Older versions list the files of a folder, without a repository, and keep the list."""
        spec = importlib.util.spec_from_file_location("repetitions", os.path.join(client.FOLDER, "repetitions.py"))
        repetitions = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(repetitions)
        for function in (
            functools.lru_cache(maxsize=None)(lambda base_path: []),
            functools.lru_cache(maxsize=None)(lambda base_path, repo, rev=None: []),
            lambda base_path, repo: [],
            None,
        ):
            module = types.SimpleNamespace(_get_all_files=function)
            repetitions._list_files_once(module)
            self.assertIs(module._get_all_files, function)


class Stack(TreeCase):
    """Only those frames are described that somebody looks at."""

    def test_the_frames_are_those_of_inspect(self):
        self.register(
            """
            import inspect
            from taskgraph.util import python_path
            there, lazy, here = inspect.stack(), python_path.inspect.stack(), list(python_path.inspect.stack())
            assert len(there) == len(lazy)
            assert len(there) == len(here) > 5, (len(there), len(here))
            for one, other in zip(there, here):
                assert type(one) is type(other), type(other)
                assert one[:2] + one[3:] == other[:2] + other[3:], (one, other)
                assert getattr(other, "positions", 1) is not None
            assert lazy[1:3] == here[1:3] and lazy[-1] == here[-1] and lazy[1].frame is there[1].frame
            assert python_path.inspect.getmodule is inspect.getmodule
            """
        )
        self.assertEqual(self.worker().call("open", root="taskcluster")["patched"], [])

    def test_siblings_are_imported(self):
        for name in ("inner/__init__", "inner/one", "inner/two"):
            self.module(name, "")
        self.module("inner/all", "from taskgraph.util.python_path import import_sibling_modules\n")
        with open(os.path.join(self.folder, "taskcluster/example_taskgraph/inner/all.py"), "a") as f:
            f.write('import_sibling_modules(exceptions=("two.py",))\n')
        self.register(
            """
            import sys
            import example_taskgraph.inner.all
            assert "example_taskgraph.inner.one" in sys.modules
            assert "example_taskgraph.inner.two" not in sys.modules
            """
        )
        self.worker().call("open", root="taskcluster")
