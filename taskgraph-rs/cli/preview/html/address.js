// What is shown follows from the fragment of the address alone, so that every view can be shared. Names come from
// configs: they are only ever put in as text.

const KEYS = ["run", "kind", "stage", "fate", "q", "task"];
let state = {};
const read = () => {
  const given = new URLSearchParams(location.hash.slice(1));
  state = Object.fromEntries(KEYS.map((key) => [key, given.get(key) || ""]));
};
const address = (changes) => {
  const next = new URLSearchParams(Object.entries({ ...state, ...changes }).filter(([, text]) => text));
  return `#${next}`;
};
const go = (changes, quietly) => {
  if (quietly) history.replaceState(null, "", address(changes));
  else history.pushState(null, "", address(changes));
  render(!quietly);
};
const run = () => (state.run === "without" && runs.length > 1 ? 1 : 0);
const here = (task) => task.views[run()];
const toTask = (task, ...text) => h("a", { href: address({ task: task.label }) }, ...(text.length ? text : [task.label]));
const toKind = (kind) => h("a", { href: address({ kind, task: "", q: "", stage: "", fate: "" }) }, kind);
const toLabel = (label) => (byLabel.has(label) ? toTask(byLabel.get(label)) : h("code", {}, label));

const matches = (task) =>
  here(task) &&
  (!state.kind || task.kind === state.kind) &&
  (!state.stage || task.stage === state.stage) &&
  (!state.fate || here(task).fate.fate === state.fate) &&
  (!state.q || state.q.toLowerCase().split(/\s+/).every((word) => task.label.toLowerCase().includes(word)));
const isFiltered = () => state.kind || state.stage || state.fate || state.q;
