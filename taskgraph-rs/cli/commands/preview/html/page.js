// The head, and what people do.

// The tasks of the graph that is shown, and what is known of them.
const counted = () => {
  const all = count(data.asked[run()], "task");
  if (!isLookedUp()) return `${all}, nothing looked up yet`;
  const { would_run, used_again, not_needed } = plan.look_up.counts;
  return [all, `${would_run} would run`, `${used_again} used again`, not_needed && `${not_needed} not needed`].filter(Boolean).join(", ");
};
const facts = () => {
  if (!plan) return `${report.config.file}: refused`;
  const { facts: of } = plan;
  const tree = report.tree ? (report.tree.embedded ? "the embedded kinds: no checkout, and digests of their own" : `tree ${report.tree.name}`) : "";
  return [report.config.file, `target ${of.target_stage || of.target_method}`, tree,
    counted()].filter(Boolean).join("  ·  ");
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
  const counts = tally(tasks.filter(here), (task) => here(task).fate.fate);
  const running = isLookedUp() ? [...counts].reduce((sum, [fate, number]) => sum + (OTHERS.includes(fate) ? 0 : number), 0) : 0;
  const chips = fates.map((fate) => [fate, (fate.fate === "runs" && running) || counts.get(fate.fate) || 0])
    .filter(([fate, number]) => fate.words && (number || state.fate === fate.fate));
  // What the index has comes first, then what else is to be said of the same tasks.
  const isOfIndex = ([fate]) => ["runs", "cached", "not-needed"].includes(fate.fate);
  chips.sort((a, b) => isOfIndex(b) - isOfIndex(a) || (b[0].fate === "runs") - (a[0].fate === "runs"));
  $("fates").replaceChildren(...chips.map(([fate, number]) =>
    h("button", { id: `fate-${fate.fate}`, type: "button", fate: fate.fate, "aria-pressed": String(state.fate === fate.fate),
      click: () => go({ fate: state.fate === fate.fate ? "" : fate.fate, task: "" }) },
      sign(fate), ` ${fate.words} ${number}`)));
};

const panel = () => {
  const task = state.task && byLabel.get(state.task);
  $("status").textContent = "";
  const shown = task ? card(task) : state.task ? [title("No such task"), h("p", {}, h("code", {}, state.task))] : isFiltered() ? list() : overview();
  $("panel").replaceChildren(h("div", {}, shown.flat(Infinity).filter((child) => child != null && child !== false && child !== "")));
};

// In a narrow window either the drawing or the panel is shown: a selection shows what it has selected.
let selection = "";
const show = (what) => {
  document.body.dataset.shown = what;
  for (const one of ["drawing", "details"]) $(`show-${one}`).setAttribute("aria-pressed", String(one === what));
};
const follow = () => {
  const next = JSON.stringify(Object.keys(NOTHING).map((key) => state[key]));
  if (next !== selection && (state.task || isFiltered())) show("details");
  selection = next;
};
const render = (moves) => {
  const focused = document.activeElement;
  const isInside = $("panel").contains(focused) || canvas.contains(focused);
  readAddress();
  follow();
  head();
  const isOther = draw();
  panel();
  fitDrawing(isOther);
  $("panel").scrollTop = 0;
  if (moves && (state.task || state.kind || isInside)) $("panel").querySelector("h2").focus({ preventScroll: true });
  else if (focused?.id) $(focused.id)?.focus({ preventScroll: true });
};
for (const what of ["drawing", "details"]) $(`show-${what}`).addEventListener("click", () => { show(what); draw(); fitDrawing(true); });
const themes = ["", "light", "dark"];
let theme = 0;
const paint = () => {
  document.documentElement.dataset.theme = themes[theme];
  $("theme").textContent = `Colours: ${themes[theme] || "system"}`;
};
$("theme").addEventListener("click", () => { theme = (theme + 1) % themes.length; paint(); });
// Enter opens the best match.
$("tools").addEventListener("submit", (event) => {
  event.preventDefault();
  const [best] = state.q ? found() : [];
  if (best) go({ task: best.label });
});
$("search").addEventListener("input", () => go({ q: $("search").value.trim(), task: "" }, true));
for (const id of ["kind", "stage"]) $(id).addEventListener("change", () => go({ [id]: $(id).value, task: "" }));
const clear = () => go(NOTHING);
// The button goes with what it clears: whoever has pressed it goes on at the search.
$("clear").addEventListener("click", () => { clear(); $("search").value = ""; $("search").focus({ preventScroll: true }); });
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
show("drawing");
if (!location.hash && data.focus) location.replace(address({ task: data.focus }));
render(false);
performance.mark("first-view");
// The definitions are not needed for the first view.
setTimeout(async () => {
  try {
    await unpack();
  } catch (error) {
    unreadable = `This browser cannot read the definitions: ${error.message}`;
  }
  if (!state.task && run() === 0) return performance.mark("definitions");
  panel();
  performance.mark("definitions");
});
