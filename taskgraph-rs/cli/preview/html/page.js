// The head, and what people do.

const facts = () => {
  if (!plan) return `${report.config.file}: refused`;
  const { facts: of } = plan;
  const tree = report.tree ? (report.tree.embedded ? "the embedded kinds: no checkout, and digests of their own" : `tree ${report.tree.name}`) : "";
  return [report.config.file, `target ${of.target_stage || of.target_method}`, tree,
    of.summary].filter(Boolean).join("  ·  ");
};
const without = plan?.comparison?.without;
const names = without ? [`With ${without}`, "Without"] : ["This config", against];
const head = () => {
  $("facts").textContent = facts();
  $("runs").hidden = runs.length < 2;
  $("runs").replaceChildren(...runs.map((index) =>
    h("button", { id: `run-${index}`, type: "button", "aria-pressed": String(run() === index), click: () => go({ run: index ? "without" : "" }, true) }, names[index])));
  const options = (all, of) =>
    [h("option", { value: "" }, all), ...[...new Set(tasks.filter(here).map(of).filter(Boolean))].sort(compare).map((one) => h("option", { value: one }, one))];
  $("kind").replaceChildren(...options("All kinds", (task) => task.kind));
  $("stage").replaceChildren(...options("All stages", (task) => task.stage));
  $("kind").value = state.kind;
  $("stage").value = state.stage;
  // Whoever types may be on the way to a second word.
  if (document.activeElement !== $("search")) $("search").value = state.q;
  $("clear").hidden = !isFiltered() && !state.task;
  const counts = tally(tasks.filter(here), (task) => here(task).fate);
  $("fates").replaceChildren(...fates.filter((fate) => counts.has(fate)).map((fate) =>
    h("button", { id: `fate-${fate.fate}`, type: "button", fate: fate.fate, "aria-pressed": String(state.fate === fate.fate),
      click: () => go({ fate: state.fate === fate.fate ? "" : fate.fate, task: "" }) },
      sign(fate), ` ${fate.words} ${counts.get(fate)}`)));
};

const panel = () => {
  const task = state.task && byLabel.get(state.task);
  $("status").textContent = "";
  const shown = task ? card(task) : state.task ? [title("No such task"), h("p", {}, h("code", {}, state.task))] : isFiltered() ? list() : overview();
  $("panel").replaceChildren(h("div", {}, shown.flat(Infinity).filter((child) => child != null && child !== false && child !== "")));
  $("panel").scrollTop = 0;
};

const render = (moves) => {
  const focused = document.activeElement?.id;
  read();
  head();
  draw();
  panel();
  if (moves && (state.task || state.kind)) $("panel").querySelector("h2").focus({ preventScroll: true });
  else if (focused) $(focused)?.focus({ preventScroll: true });
};
const themes = ["", "light", "dark"];
let theme = 0;
const paint = () => {
  document.documentElement.dataset.theme = themes[theme];
  $("theme").textContent = `Colours: ${themes[theme] || "as the system"}`;
};
$("theme").addEventListener("click", () => { theme = (theme + 1) % themes.length; paint(); });
$("tools").addEventListener("submit", (event) => event.preventDefault());
$("search").addEventListener("input", () => go({ q: $("search").value.trim(), task: "" }, true));
for (const id of ["kind", "stage"]) $(id).addEventListener("change", () => go({ [id]: $(id).value, task: "" }));
const clear = () => go({ kind: "", stage: "", fate: "", q: "", task: "" });
$("clear").addEventListener("click", clear);
$("in").addEventListener("click", () => enlarge(1.25));
$("out").addEventListener("click", () => enlarge(0.8));
$("fit").addEventListener("click", () => { zoom = 0; scale(); });
window.addEventListener("hashchange", () => render(true));
window.addEventListener("resize", () => scale());
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
    event.preventDefault();
    $("search").focus();
  } else if (event.key === "Escape") {
    if (state.task) go({ task: "" });
    else if (isFiltered()) clear();
  }
});
document.body.classList.toggle("refused", !plan);
paint();
if (!location.hash && data.focus) location.replace(address({ task: data.focus }));
render(false);
performance.mark("first-view");
