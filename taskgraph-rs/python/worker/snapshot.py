"""Remembers the modules of Taskgraph as they were right after their import, and tells what the tree replaced since.

Native parts mirror functions of Taskgraph. Where a tree puts something else in their place, by assignment or by a
change of what they hold, the native part would be wrong. A module is looked at the moment its import ends, through the
import system, so that nothing is imported earlier than the reference does: what `register` does before a module is
first imported (extending a schema that this module is going to use, say) has to have its effect.
"""

import sys
import types

from . import schemas

PACKAGES = ("taskgraph", "mozilla_taskgraph")

#: Registries, which are meant to be filled: a new entry is no patch, one of the reference that was replaced is
REGISTRIES = frozenset(
    """
    taskgraph.actions.registry.actions taskgraph.actions.registry.callbacks taskgraph.filter_tasks.filter_task_functions
    taskgraph.main.commands taskgraph.morph.registered_morphs taskgraph.optimize.base.registry
    taskgraph.parameters._parameter_extensions taskgraph.parameters.defaults_functions
    taskgraph.target_tasks._target_task_methods taskgraph.transforms.fetch.fetch_builders
    taskgraph.transforms.job.registry taskgraph.transforms.run.registry taskgraph.transforms.task.index_builders
    taskgraph.transforms.task.payload_builders taskgraph.util.dependencies.GROUP_BY_MAP
    taskgraph.util.set_name.SET_NAME_MAP
    """.split()
)

#: Registries that modules of Taskgraph which are imported later fill as well
FILLED_LATER = (
    ("taskgraph.actions.registry", "callbacks"),
    ("taskgraph.transforms.job", "registry"),
    ("taskgraph.transforms.run", "registry"),
)

#: What changes in every run, or changes nothing that is in a graph
IGNORED = frozenset(
    """
    taskgraph.config.GraphConfig._PATH_MODIFIED taskgraph.generator.phase_finished taskgraph.parameters.base_schema
    taskgraph.util.schema.EXCEPTED_SCHEMA_IDENTIFIERS
    taskgraph.util.taskcluster.PRODUCTION_TASKCLUSTER_ROOT_URL taskgraph.util.taskcluster.testing
    taskgraph.create.testing
    """.split()
)

#: Made by the class machinery while a program runs
_CLASS_STATE = frozenset(
    "__abstractmethods__ _abc_impl __dict__ __weakref__ __doc__ __annotations__ __annotate__ __annotate_func__ "
    "__annotations_cache__ __static_attributes__ __firstlineno__ __struct_config__ __parameters__".split()
)

_CODE = (types.FunctionType,)
_CONTAINERS = (list, dict, set)


class Snapshot:
    """A finder for `sys.meta_path` that finds nothing itself: it looks at what the others found once it is there."""

    def __init__(self):
        #: module name -> {attribute: what it was}
        self.modules = {}
        #: module name -> function that is called right after the import, before the module is looked at
        self.after_import = {}

    def install(self):
        sys.meta_path.insert(0, self)

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in PACKAGES:
            return None
        for finder in sys.meta_path:
            if finder is not self and hasattr(finder, "find_spec"):
                spec = finder.find_spec(name, path, target)
                if spec is not None:
                    self._follow(spec)
                    return spec
        return None

    def _follow(self, spec):
        exec_module = getattr(spec.loader, "exec_module", None)
        if exec_module is None:
            return

        def exec_and_look(module):
            before = self._filled_later()
            exec_module(module)
            if module.__name__.startswith("taskgraph."):
                self._credit(before)
            change = self.after_import.get(module.__name__)
            if change:
                change(module)
            self.take(module)

        try:
            spec.loader.exec_module = exec_and_look
        except AttributeError:
            pass  # a loader of another kind than that of a file

    def take(self, module):
        name = module.__name__
        self.modules[name] = {
            attribute: _Value(value, name)
            for attribute, value in list(vars(module).items())
            if not attribute.startswith("__") and not isinstance(value, types.ModuleType)
        }

    def take_one(self, module, attribute):
        """Takes the present value of a global that the worker itself has set."""
        if attribute in self.modules.get(module.__name__, ()):
            self.modules[module.__name__][attribute] = _Value(getattr(module, attribute), module.__name__)

    def _filled_later(self):
        """Returns the content of the registries of FILLED_LATER, as far as they exist."""
        return {
            (module, attribute): _held(getattr(sys.modules[module], attribute, {}))
            for module, attribute in FILLED_LATER
            if module in self.modules and module in sys.modules
        }

    def _credit(self, before):
        """Takes what came into these registries since as the reference's own."""
        for (module, attribute), now in self._filled_later().items():
            known = self.modules[module].get(attribute)
            then = before.get((module, attribute))
            if then is None or known is None or known.content is None:
                continue
            for key, (entry, held) in now.items():
                if key not in then:
                    known.content[key] = (entry, held)
                elif isinstance(held, dict) and key in known.content:
                    new = {k: v for k, v in held.items() if k not in then[key][1]}
                    known.content[key][1].update(new)

    def original(self, module, attribute):
        """The value that a global had right after the import, or None."""
        value = self.modules.get(module, {}).get(attribute)
        return value.value if value is not None else None

    def entries(self, module, attribute):
        """Returns the content of a registry right after the import: empty if the module was not imported."""
        value = self.modules.get(module, {}).get(attribute)
        if value is None or value.content is None:
            return {}
        if isinstance(value.content, dict):
            return {k: v if held is None else held for k, (v, held) in value.content.items()}
        return value.content

    def differences(self):
        """(what was replaced, schemas that only grew), dotted names in order."""
        patched, grown, seen = [], [], set()
        # In the order in which imports ended: the module that made an object comes before those that import it, and
        # a change within the object is reported under the name that it has there.
        for name, attributes in self.modules.items():
            now = vars(sys.modules[name]) if name in sys.modules else {}
            for attribute, before in attributes.items():
                dotted = "%s.%s" % (name, attribute)
                if dotted in IGNORED or attribute.endswith("_cache") or name not in sys.modules:
                    continue
                if attribute not in now:
                    patched.append(dotted)
                elif now[attribute] is not before.value:
                    if not _same_plain(before.value, now[attribute]):
                        (grown if schemas.has_grown(before.schema, now[attribute]) else patched).append(dotted)
                elif id(before.value) not in seen:
                    seen.add(id(before.value))
                    before.differences(dotted, patched, grown)
        return sorted(patched), sorted(grown)


class _Value:
    """One global of a module: what it is, and what it held."""

    __slots__ = ("value", "code", "members", "content", "steps", "schema")

    def __init__(self, value, module):
        self.value = value
        self.code = self.members = self.content = self.steps = self.schema = None
        if isinstance(value, _CODE):
            self.code = (value.__code__, value.__defaults__, value.__kwdefaults__)
        elif isinstance(value, type):
            if value.__module__ == module:
                self.members = {
                    k: (v, getattr(v, "__code__", None)) for k, v in vars(value).items() if k not in _CLASS_STATE
                }
            self.schema = schemas.remember(value)
        elif isinstance(value, _CONTAINERS):
            self.content = _held(value) if isinstance(value, dict) else value.copy()
        else:
            steps = getattr(value, "_transforms", None)
            if isinstance(steps, list):
                self.steps = list(steps)
            verifications = getattr(value, "_verifications", None)
            if isinstance(verifications, dict):
                self.content = _held(verifications)
            self.schema = schemas.remember(value)

    def differences(self, dotted, patched, grown):
        value = self.value
        if self.code is not None:
            if self.code != (value.__code__, value.__defaults__, value.__kwdefaults__):
                patched.append(dotted)
        elif self.members is not None:
            now = vars(value)
            for name, (member, code) in self.members.items():
                inner = "%s.%s" % (dotted, name)
                if inner in IGNORED:
                    continue
                if now.get(name, self) is not member or getattr(member, "__code__", None) is not code:
                    patched.append(inner)
        elif self.steps is not None:
            if not _same_items(self.steps, value._transforms):
                patched.append(dotted)
        elif self.content is not None:
            self._content_differences(dotted, patched)
        elif self.schema is not None and not self.schema.same(value):
            (grown if schemas.has_grown(self.schema, value) else patched).append(dotted)

    def _content_differences(self, dotted, patched):
        value = getattr(self.value, "_verifications", self.value)
        may_grow = dotted in REGISTRIES or value is not self.value
        if isinstance(value, dict):
            for key, (before, held) in self.content.items():
                now = value.get(key, self)
                if held is None or now is not before:
                    if now is not before:
                        patched.append("%s[%s]" % (dotted, key))
                elif isinstance(held, dict):
                    # such as run.using: {implementation: function}
                    changed = {k for k, v in held.items() if now.get(k, self) is not v}
                    if not may_grow:
                        changed.update(k for k in now if k not in held)
                    patched.extend("%s[%s][%s]" % (dotted, key, k) for k in sorted(changed, key=str))
                elif not _same_items(held, now[: len(held)] if may_grow else now):
                    patched.append("%s[%s]" % (dotted, key))
            if not may_grow:
                patched.extend("%s[%s]" % (dotted, key) for key in value if key not in self.content)
        elif isinstance(value, list):
            if not _same_items(self.content, value[: len(self.content)] if may_grow else value):
                patched.append(dotted)
        elif value != self.content:
            patched.append(dotted)


def _held(value):
    """A dict with, for each entry, what it is and (of a list or a dict) what that holds."""
    return {k: (v, v.copy() if isinstance(v, (dict, list)) else None) for k, v in value.items()}


def _same_items(before, now):
    return len(before) == len(now) and all(a is b for a, b in zip(before, now))


def _same_plain(before, now):
    """Whether a text or a number was assigned again."""
    return isinstance(before, (str, int, float)) and type(before) is type(now) and before == now
