# Given to the interpreter with `-c`. It moves the two pipes of the protocol out of the way of `print` and of the children
# of transforms, reads the first frame, {"modules": {name: source}, "main": name}, and runs that module.
import os, sys

sys.dont_write_bytecode = True
if sys.path[:1] == [""]:  # what `-c` adds: the working directory; the command `taskgraph` does not have it
    del sys.path[0]
sys.argv[:] = [os.path.join(os.path.dirname(sys.executable or ""), "taskgraph")]
requests, answers = os.dup(0), os.dup(1)
null = os.open(os.devnull, os.O_RDONLY)
os.dup2(null, 0)
os.dup2(2, 1)
os.close(null)

import importlib.util, json, linecache, struct


def read(size):
    data = b""
    while len(data) < size:
        more = os.read(requests, size - len(data))
        if not more:
            os._exit(0)  # the program went away before it said anything
        data += more
    return data


first = json.loads(read(struct.unpack(">I", read(4))[0]))
package = "taskgraph_rs_worker"


class Modules:
    """Finds the modules of the worker: their sources came in the first frame."""

    def find_spec(self, name, path=None, target=None):
        if name == package or name.startswith(package + ".") and name[len(package) + 1 :] in first["modules"]:
            return importlib.util.spec_from_loader(name, self, is_package=name == package)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        short = module.__name__[len(package) + 1 :]
        source = first["modules"][short] if short else ""
        file = "<taskgraph-rs>/%s.py" % (short or "__init__")
        linecache.cache[file] = (len(source), None, source.splitlines(True), file)
        exec(compile(source, file, "exec", dont_inherit=True), vars(module))


sys.meta_path.append(Modules())
importlib.import_module("%s.%s" % (package, first.get("main", "main"))).main(requests, answers)
