"""Tests of the Python side of the worker, in taskgraph-rs/python/worker.

    python3 -m unittest discover -t tests -s tests/python_worker

They drive bootstrap.py over pipes, as the program does, over small trees that they make themselves. The interpreter that
runs the worker has to have Taskgraph: TASKGRAPH_PYTHON names one, else it is the one that runs the tests.
"""
