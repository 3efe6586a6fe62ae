// The panel: an overview, a list of tasks, or one task.

const title = (text) => h("h2", { tabindex: "-1" }, text);
const section = (name, number, ...children) => [h("h3", {}, name, number == null ? "" : h("span", { class: "number" }, ` ${number}`)), ...children];
const row = (task) => {
  const view = here(task) || task.views.find(Boolean);
  return h("li", {}, sign(view.fate), toTask(task), h("span", { class: "aside" }, view.fate.words));
};

const linked = (text) => text.split(/(`[^`]+`)/).map((part) => {
  const name = part.startsWith("`") ? part.slice(1, -1) : "";
  if (byLabel.has(name)) return toTask(byLabel.get(name));
  if (kinds.includes(name)) return toKind(name);
  return name ? h("code", {}, name) : part;
});
const problem = (one) => {
  // The path of the key names the kind that the problem is about.
  const about = [...new Set(one.path.split(/[.[\]]/))].filter((part) => kinds.includes(part));
  const place = one.place ? `${one.place.file}:${one.place.line}:${one.place.column}` : "";
  return h("li", { class: `problem ${one.severity}` },
    h("strong", {}, `${one.severity}: `), linked(one.message),
    place && h("div", { class: "place" }, place, one.path && `  ${one.path}`),
    one.label && h("div", {}, linked(one.label)),
    one.help && h("div", { class: "lead" }, linked(one.help)),
    about.map((kind) => h("div", {}, "Show ", toKind(kind))));
};

const models = () => plan.models.map((kind) => {
  const fate = fates.find((one) => one.fate === kind.variant);
  return h("div", { class: "card" },
    h("h4", {}, toKind(kind.kind), " ", h("span", { class: "fate", fate: fate.fate }, `${fate.sign} ${fate.words}`)),
    kind.members.map((member) => h("div", {}, toLabel(member.label),
      member.url && h("div", {}, outside(member.url)),
      member.files.length > 0 && h("div", { class: "lead" }, `gets ${count(member.files.length, "file")} in ${member.directory}`),
      h("div", { class: "lead" }, member.needs.length ? `needs ${member.needs.map((need) => need.name).join(", ")}` : "needs nothing"),
      member.no_longer.length > 0 && h("div", { class: "lead" }, `no longer needs ${member.no_longer.join(", ")}`),
      !member.runs && h("div", { class: "lead" }, "nothing that is asked for needs it"))));
});
// What a training task mounts is told with that task.
const reused = () => {
  const members = new Set(plan.models.flatMap((kind) => kind.members).filter((member) => member.directory).map((member) => member.label));
  return plan.reused.filter((one) => !one.brought_by.some((task) => members.has(task.label))).map((one) => h("div", { class: "card" },
    h("h4", {}, one.path, " ", h("span", { class: "lead" }, one.what)),
    one.brought_by.length ? one.brought_by.map((task) => h("div", {}, toLabel(task.label))) : h("div", { class: "lead" }, "no task brings it in"),
    one.urls.map((url) => h("div", {}, outside(url.url))),
    one.gone.length > 0 && h("div", { class: "lead" }, `not made: ${one.gone.map((gone) => gone.kind).join(", ")}`),
    one.moved.map((moved) => h("div", { class: "lead" }, `${moved.from} → ${moved.to || "nothing"} in ${count(moved.tasks.length, "task")}`))));
};
const pools = () => {
  const rows = new Map();
  for (const one of plan.work.rows) {
    const at = rows.get(one.pool) || rows.set(one.pool, { ...one, tasks: 0, seconds: 0, kinds: new Set() }).get(one.pool);
    at.tasks += one.tasks;
    at.seconds += one.seconds;
    at.kinds.add(one.kind);
  }
  const totals = plan.work.totals;
  return [h("table", {},
    h("tr", {}, ...["tasks", "worker pool", "at most"].map((name) => h("th", { scope: "col" }, name))),
    [...rows.values()].map((one) => h("tr", {},
      h("td", { class: "right" }, one.tasks),
      h("td", {}, one.pool, h("div", { class: "lead" }, [one.gpus ? count(one.gpus, "GPU") : "", one.machines, [...one.kinds].slice(0, 4).join(", ") + (one.kinds.size > 4 ? ` and ${one.kinds.size - 4} more` : "")].filter(Boolean).join(" · "))),
      h("td", { class: "right" }, duration(one.seconds))))),
  h("p", { class: "lead" }, `${count(totals.tasks, "task")}, ${totals.gpu_tasks} on GPUs; if each ran to its limit, ${duration(totals.seconds)} of machines`)];
};
const overview = () => {
  const gone = plan?.comparison?.gone || [];
  return [
    title(plan ? "Overview" : "Refused: nothing was generated"),
    report.problems.length > 0 && section("Problems", report.problems.length, more(report.problems, problem)),
    plan?.models.length > 0 && section("Training", null, models()),
    plan && ((cards) => cards.length > 0 && section("Reused from earlier runs", null, cards))(reused()),
    gone.length > 0 && section("Gone", gone.length, more(gone, (one) => h("li", {}, toLabel(one.label), h("div", { class: "lead" }, one.why)))),
    plan && section("To run", null, pools()),
    report.tree?.python && section("Made by Python", `${report.tree.python.kinds.length} of ${count(report.tree.python.of, "kind")}`,
      more(report.tree.python.reasons, (one) => h("li", {}, linked(one.because), h("div", { class: "lead" }, one.kinds.map((kind, index) => [index ? ", " : "", toKind(kind)]))))),
    report.notes.length > 0 && section("Notes", null, more(report.notes, (note) => h("li", {}, note))),
  ];
};

const around = (kind) => {
  const at = drawing?.nodes.findIndex((node) => node.what === "kind" && node.name === kind);
  const joined = (from, to) => [...new Set(drawing.edges.filter((edge) => edge[from] === at).map((edge) => drawing.nodes[edge[to]])
    .filter((node) => node.what === "kind").map((node) => node.name))].map((name, index) => [index ? ", " : "", toKind(name)]);
  const line = (name, links) => links.length > 0 && h("p", {}, h("span", { class: "lead" }, `${name} `), links);
  return at >= 0 && [line("after", joined("to", "from")), line("before", joined("from", "to"))];
};
const list = () => {
  const found = tasks.filter(matches).sort((a, b) => compare(a.label, b.label));
  const of = [state.fate && fates.find((fate) => fate.fate === state.fate)?.words, state.stage && `stage ${state.stage}`, state.q && `“${state.q}”`].filter(Boolean).join(", ");
  $("status").textContent = `${count(found.length, "task")} found`;
  return [
    state.kind && h("p", { class: "crumbs" }, h("a", { href: address({ kind: "", stage: "", fate: "", q: "" }) }, "Overview")),
    title(state.kind || "Tasks"), h("p", { class: "lead" }, [count(found.length, "task"), of].filter(Boolean).join(": ")),
    state.kind && around(state.kind), section("Tasks", null, more(found, row, { class: "labels" }))];
};
