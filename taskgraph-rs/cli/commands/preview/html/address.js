// What is shown follows from the fragment of the address alone, so that every view can be shared. Names come from
// configs: they are only ever put in as text.

const KEYS = ["run", "view", "kind", "stage", "fate", "q", "task"];
const NOTHING = { kind: "", stage: "", fate: "", q: "", task: "" };
let state = {};
let sought = []; // the words of the search
const readAddress = () => {
  const given = new URLSearchParams(location.hash.slice(1));
  state = Object.fromEntries(KEYS.map((key) => [key, given.get(key) || ""]));
  sought = wordsOf(state.q);
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
const toKind = (kind) => h("a", { href: address({ ...NOTHING, kind }) }, kind);
const toLabel = (label) => (byLabel.has(label) ? toTask(byLabel.get(label)) : h("code", {}, label));

const isLookedUp = () => Boolean(plan?.look_up) && run() === 0;
// After a look-up, a task would run unless something stands in for it, whatever else is to be said of it.
const OTHERS = ["cached", "not-needed", "gone", "idle"];
const hasFate = (task, fate) => {
  const own = here(task).fate.fate;
  return fate === "runs" && isLookedUp() ? !OTHERS.includes(own) : own === fate;
};
const matches = (task) =>
  here(task) &&
  (!state.kind || task.kind === state.kind) &&
  (!state.stage || task.stage === state.stage) &&
  (!state.fate || hasFate(task, state.fate)) &&
  sought.every((word) => task.lower.includes(word));
const isFiltered = () => state.kind || state.stage || state.fate || state.q;
const isNarrowed = () => state.stage || state.fate || state.q;
// The kind that is selected, by itself or by one of its tasks.
const chosenKind = () => (state.task ? byLabel.get(state.task)?.kind : state.kind) || "";
