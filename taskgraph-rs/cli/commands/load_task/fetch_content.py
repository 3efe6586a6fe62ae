#!/usr/bin/env python3
"""Stands before fetch-content of Taskgraph in a task that `load-task` runs: artifacts of other tasks come from a folder
of this container, which a server of its own hands out as the queue would, for as long as they are fetched."""

import http.server
import os
import shutil
import socketserver
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
ARTIFACTS = "/taskgraph-artifacts"


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


def original():
    """The script that this one stands before."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    others = [folder for folder in folders if os.path.abspath(folder or ".") != HERE]
    beside_run_task = [os.getcwd(), "/usr/local/bin"]
    found = shutil.which("fetch-content", path=os.pathsep.join(others + beside_run_task))
    if not found:
        sys.exit("fetch-content: neither PATH nor /usr/local/bin has it; this image cannot fetch artifacts")
    return [sys.executable, "-u", found] + sys.argv[1:]


def main():
    command = original()
    if sys.argv[1:2] != ["task-artifacts"]:
        os.execv(command[0], command)
    directory = os.getcwd()
    os.chdir(ARTIFACTS)
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = "http://127.0.0.1:%d" % server.server_address[1]
    env = dict(os.environ, TASKCLUSTER_ROOT_URL=url, TASKCLUSTER_PROXY_URL=url, no_proxy="127.0.0.1")
    sys.exit(subprocess.call(command, cwd=directory, env=env))


if __name__ == "__main__":
    main()
