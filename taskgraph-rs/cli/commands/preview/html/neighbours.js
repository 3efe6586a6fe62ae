// What needs what: between tasks, and between kinds.

// A graph has the same dependencies as the other one where it says nothing of its own; what is gone has those it had.
const needsOf = (task, index = run()) => {
  const view = task.views[index];
  return view ? view.needs || task.views[1 - index]?.needs || [] : [];
};
const isDrawn = (task) => here(task) && here(task).fate.fate !== "idle";
const graphs = [];
const graph = () => {
  if (graphs[run()]) return graphs[run()];
  const made = { byKind: new Map(), neededBy: tasks.map(() => []), needs: new Map(), neededByKind: new Map() };
  const put = (map, key, one) => (map.get(key) || map.set(key, new Set()).get(key)).add(one);
  for (const task of tasks) {
    if (isDrawn(task)) (made.byKind.get(task.kind) || made.byKind.set(task.kind, []).get(task.kind)).push(task);
    for (const index of needsOf(task)) {
      const needed = tasks[index];
      made.neededBy[index].push(task);
      if (needed.kind === task.kind || !isDrawn(task) || !isDrawn(needed)) continue;
      put(made.needs, task.kind, needed.kind);
      put(made.neededByKind, needed.kind, task.kind);
    }
  }
  return (graphs[run()] = made);
};
const tasksOf = (kind) => graph().byKind.get(kind) || [];
const dependents = (task) => graph().neededBy[task.index];
const kindsBefore = (kind) => [...(graph().needs.get(kind) || [])].sort(compare);
const kindsAfter = (kind) => [...(graph().neededByKind.get(kind) || [])].sort(compare);
