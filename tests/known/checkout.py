"""Commits of bare clones, written one after the other into the same folder."""

import os
import subprocess
from pathlib import Path

ENVIRONMENT = {
    "GIT_AUTHOR_NAME": "x",
    "GIT_AUTHOR_EMAIL": "x@example.org",
    "GIT_COMMITTER_NAME": "x",
    "GIT_COMMITTER_EMAIL": "x@example.org",
    "GIT_AUTHOR_DATE": "2025-01-02T03:04:05+00:00",
    "GIT_COMMITTER_DATE": "2025-01-02T03:04:05+00:00",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
}
# What a graph is made of, besides the digests of other files: these are data to both programs.
PARTS = ["translations_taskgraph", "kinds", "config.yml", "configs", "docker"]


class Clone:
    def __init__(self, path, name):
        self.path, self.name = Path(path), name

    def git(self, *arguments, check=True, text=True):
        command = ["git", "-C", str(self.path), *arguments]
        done = subprocess.run(command, check=check, capture_output=True, text=text, env=os.environ | ENVIRONMENT)
        return done.stdout

    def commits(self, since, until=None):
        """Those of the main branch that touch the tree, the youngest first."""
        flags = [f"--since={since}"] + ([f"--until={until}"] if until else [])
        lines = self.git("log", *flags, "--format=%H %cs", "HEAD", "--", "taskcluster").splitlines()
        return [tuple(line.split()) for line in lines]

    def files(self, commit, below=None):
        """Paths, with the mode and the id of each."""
        out = {}
        listed = self.git("ls-tree", "-r", "-z", commit, *([below] if below else []))
        for line in filter(None, listed.split("\0")):
            meta, path = line.split("\t")
            mode, kind, blob = meta.split()
            if kind == "blob":
                out[path] = (mode, blob)
        return out

    def key(self, commit):
        """Returns a key of the inputs of a commit's graphs: equal keys need not be compared twice."""
        parts = [f"{commit}:taskcluster/{part}" for part in PARTS]
        found = [self.git("rev-parse", "--verify", "--quiet", part, check=False).strip() for part in parts]
        return "-".join(identity[:12] or "none" for identity in found)

    def blobs(self, identities):
        """The contents of blobs by their ids. A clone may lack large ones: what they say is the same to both programs."""
        command = ["git", "-C", str(self.path), "cat-file", "--batch"]
        asked = "".join(f"{identity}\n" for identity in identities).encode()
        done = subprocess.run(command, input=asked, capture_output=True, env=os.environ | ENVIRONMENT)
        out, rest = {}, done.stdout
        for identity in identities:
            head, _, rest = rest.partition(b"\n")
            words = head.split()
            if len(words) != 3:
                out[identity] = f"not in this clone: {identity}\n".encode()
                continue
            size = int(words[2])
            out[identity], rest = rest[:size], rest[size + 1 :]
        return out

    def texts(self, path):
        """All versions of the files below a path, on all branches: the blobs by file."""
        found = {}
        listed = self.git("log", "--all", "--raw", "--no-abbrev", "--no-renames", "-m", "--format=", "--", path)
        for line in listed.splitlines():
            meta, _, file = line.partition("\t")
            blob = meta.split()[3]
            if file and set(blob) != {"0"}:
                found.setdefault(file, set()).add(blob)
        return found


class Checkout:
    def __init__(self, folder):
        self.top = Path(folder)
        self.top.mkdir(parents=True, exist_ok=True)
        self.there, self.at = {}, None
        self.git("init", "-q", "--initial-branch=main")
        self.git("remote", "add", "origin", "https://github.com/mozilla/translations")

    def git(self, *arguments):
        subprocess.run(
            ["git", "-C", str(self.top), *arguments], check=True, capture_output=True, env=os.environ | ENVIRONMENT
        )

    def move(self, clone, commit):
        """Writes the files of a commit, and commits them."""
        if self.at == commit:
            return
        files = clone.files(commit)
        changed = [path for path, file in files.items() if self.there.get(path) != file]
        for path in self.there.keys() - files.keys():
            (self.top / path).unlink()
        contents = clone.blobs(sorted({files[path][1] for path in changed}))
        for path in changed:
            mode, blob = files[path]
            file = self.top / path
            if file.is_symlink() or file.exists():
                file.unlink()
            file.parent.mkdir(parents=True, exist_ok=True)
            if mode == "120000":
                file.symlink_to(contents[blob].decode())
            else:
                file.write_bytes(contents[blob])
                file.chmod(0o755 if mode == "100755" else 0o644)
        self.there, self.at = files, commit
        for folder, folders, names in os.walk(self.top, topdown=False):
            if not folders and not names and ".git" not in folder:
                os.rmdir(folder)
        self.git("add", "-Af", ".")
        self.git("commit", "-q", "--allow-empty", "--no-gpg-sign", "-m", commit)

    def undo(self):
        """Takes back what was changed since the commit was written."""
        if self.at:
            self.git("checkout", "-q", "--force", "HEAD", "--", ".")

    def head(self):
        command = ["git", "-C", str(self.top), "rev-parse", "HEAD"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
