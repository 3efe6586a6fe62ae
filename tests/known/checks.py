"""Finds the parameters that the reference accepts for a tree. Runs in an environment that has Taskgraph.

Standard input is {"top": DIR, "parameters": [PARAMETERS…]}; standard output has what is said of each, or null."""

import json
import logging
import os
import sys

logging.disable(logging.CRITICAL)

import yaml  # noqa: E402
from taskgraph.config import load_graph_config  # noqa: E402
from taskgraph.parameters import parameters_loader  # noqa: E402

question = json.load(sys.stdin)
os.chdir(question["top"])
config = load_graph_config("taskcluster")
config.register()
said = []
for number, parameters in enumerate(question["parameters"]):
    path = os.path.join(question["folder"], "checked.yml")
    with open(path, "w") as file:
        yaml.safe_dump(parameters, file)
    try:
        parameters_loader(path, strict=False)(config).check()
        said.append(None)
    except Exception as error:
        said.append(f"{type(error).__name__}: {error}"[:300])
json.dump(said, sys.stdout)
