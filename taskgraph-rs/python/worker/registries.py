"""Additions of `register` to the registries of Taskgraph, beside those of Taskgraph itself."""

import sys


def _module(name):
    return sys.modules.get(name)


class Registries:
    """Compares the registries with what the snapshot knows of them."""

    def __init__(self, snapshot):
        self.snapshot = snapshot

    def added(self):
        """(lists of names for each registry, {registry: {name: "module:qualname"}})"""
        names, objects = {}, {}
        for word, module, attribute, callable_of in _PLAIN:
            found = self._plain(module, attribute, callable_of)
            names[word] = list(found)
            objects[word] = found
        found = self._run_using()
        names["run_using"] = [[implementation, using] for using, implementation in found]
        objects["run_using"] = {"%s/%s" % key: text for key, text in found.items()}
        actions = self._actions()
        names["actions"] = [{"name": name, "cb_name": cb_name} for name, cb_name, _ in actions]
        objects["actions"] = {cb_name: text for _, cb_name, text in actions}
        return names, objects

    def _plain(self, module, attribute, callable_of):
        there = getattr(_module(module), attribute, None) or {}
        before = self.snapshot.entries(module, attribute)
        return {
            name: dotted_name(callable_of(entry))
            for name, entry in there.items()
            if before.get(name, self) is not entry
        }

    def _run_using(self):
        found = {}
        for module in ("taskgraph.transforms.run", "taskgraph.transforms.job"):
            before = self.snapshot.entries(module, "registry")
            for using, there in (getattr(_module(module), "registry", None) or {}).items():
                for implementation, entry in there.items():
                    if before.get(using, {}).get(implementation) is not entry:
                        found[(using, implementation)] = dotted_name(entry[0])
            if found:
                break
        return found

    def _actions(self):
        registry = _module("taskgraph.actions.registry")
        known = self.snapshot.entries("taskgraph.actions.registry", "callbacks")
        found = []
        for action in getattr(registry, "actions", ()):
            callback = registry.callbacks.get(action.cb_name)
            if callback is not None and known.get(action.cb_name) is not callback:
                found.append((_closed_over(action.action_builder, "name"), action.cb_name, dotted_name(callback)))
        return found

    def verifications(self, phase):
        """The verifications of a phase that are not the reference's own, in order."""
        there = self.all_verifications().get(phase, ())
        before = self.snapshot.entries("taskgraph.util.verify", "verifications").get(phase, ())
        return [v for v in there if not any(v is b for b in before)]

    def all_verifications(self):
        return getattr(getattr(_module("taskgraph.util.verify"), "verifications", None), "_verifications", {})

    def morphs(self, of_all=False):
        if of_all:
            return list(_module("taskgraph.morph").registered_morphs)
        before = self.snapshot.entries("taskgraph.morph", "registered_morphs")
        return [m for m in _module("taskgraph.morph").registered_morphs if not any(m is b for b in before)]

    def parameters_extended(self):
        parameters = _module("taskgraph.parameters")
        for attribute in ("defaults_functions", "_parameter_extensions"):
            if len(getattr(parameters, attribute, ())) > len(self.snapshot.entries("taskgraph.parameters", attribute)):
                return True
        return parameters.base_schema is not self.snapshot.original("taskgraph.parameters", "base_schema")

    def native_strategy(self, name, strategy, patched):
        """Whether `strategy` is what the reference has under this name, or another object just like it."""
        known = self.snapshot.entries("taskgraph.optimize.base", "registry").get(name)
        if known is None or type(strategy) is not type(known):
            return False
        own = {k: v for k, v in getattr(strategy, "__dict__", {}).items() if k != "description"}
        names = ["%s.%s" % (c.__module__, c.__qualname__) for c in type(strategy).__mro__]
        return not own and not any(p == name or p.startswith(name + ".") for p in patched for name in names)

    def strategies(self, patched):
        """{name: {"native", "description"}} of those that the reference does not have, or that are not its own."""
        registry = _module("taskgraph.optimize.base").registry
        known = self.snapshot.entries("taskgraph.optimize.base", "registry")
        found = {}
        for name, strategy in registry.items():
            native = self.native_strategy(name, strategy, patched)
            if not native or strategy is not known.get(name):
                found[name] = {"native": native, "description": description_of(strategy)}
        return found


#: word of the answer, module, attribute, what of an entry is the function or class
_PLAIN = (
    ("target_methods", "taskgraph.target_tasks", "_target_task_methods", lambda e: e),
    ("filters", "taskgraph.filter_tasks", "filter_task_functions", lambda e: e),
    ("strategies", "taskgraph.optimize.base", "registry", type),
    ("payload_builders", "taskgraph.transforms.task", "payload_builders", lambda e: getattr(e, "builder", e)),
    ("index_builders", "taskgraph.transforms.task", "index_builders", lambda e: e),
    ("fetch_builders", "taskgraph.transforms.fetch", "fetch_builders", lambda e: getattr(e, "builder", e)),
    ("group_by", "taskgraph.util.dependencies", "GROUP_BY_MAP", lambda e: e),
    ("set_name", "taskgraph.util.set_name", "SET_NAME_MAP", lambda e: e),
)


def description_of(strategy):
    try:
        description = getattr(strategy, "description", None)
    except Exception:  # a property, of which the tree may have made anything
        return None
    return description if isinstance(description, str) else None


def dotted_name(thing):
    """module:qualname of a function, a class, or the class of an object."""
    while hasattr(thing, "func") and not hasattr(thing, "__qualname__"):
        thing = thing.func  # functools.partial
    if not hasattr(thing, "__qualname__"):
        thing = type(thing)
    return "%s:%s" % (getattr(thing, "__module__", "?"), thing.__qualname__)


def _closed_over(function, name):
    """A variable that a function has from the function around it: the only place that knows the name of an action."""
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or ()))
    try:
        return cells[name].cell_contents
    except (KeyError, ValueError):
        return None
