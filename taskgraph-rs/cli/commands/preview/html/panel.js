// The panel: an overview, a list of tasks, or one task.

const title = (text) => h("h2", { tabindex: "-1" }, text);
const section = (name, number, ...children) => [h("h3", {}, name, number == null ? "" : h("span", { class: "number" }, ` ${number}`)), ...children];
const row = (task) => {
  const view = here(task) || task.views.find(Boolean);
  return h("li", {}, view.fate.sign && sign(view.fate), toTask(task), h("span", { class: "aside" }, view.fate.words));
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
    h("h4", {}, toKind(kind.kind), " ", told(fate)),
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
// Of the other graph, from its definitions: nobody has counted it before.
const worksOf = (index) => tasks.filter((task) => task.views[index] && task.views[index].number != null && task.views[index].fate.fate !== "idle").map((task) => {
  const of = (...path) => valueAt(task.views[index].number, "task", ...path);
  const limit = of("payload", "maxRunTime");
  const seconds = typeof limit === "number" ? limit : 0;
  const gpus = String(of("payload", "env", "GPUS") ?? "").split(/\s+/).filter(Boolean).length;
  return { kind: task.kind, pool: `${of("provisionerId")}/${of("workerType")}`, tasks: 1, gpus, seconds };
});
const worked = [];
const workRows = () => {
  if (run() === 0) return plan.work.rows;
  return pool && (worked[run()] ||= worksOf(run()));
};
const NO_EARLIER_RUN = "no earlier run";
const time = (seconds) => seconds < 60 ? `${seconds} s` : duration(seconds);
const estimated = (all) => {
  const path = all.critical_path;
  const total = all.seconds == null ? `${NO_EARLIER_RUN} of any of these tasks` : `${time(all.seconds)} of machines${all.gpu_seconds ? ` and ${time(all.gpu_seconds)} of single GPUs` : ""}`;
  const money = all.seconds != null && all.money ? `, ${all.money.cost.toFixed(2)} ${all.money.currency}${all.money.no_price ? ` (${count(all.money.no_price, "task")} without a price)` : ""}` : "";
  const missing = all.seconds != null && all.no_earlier_run ? `; ${all.no_earlier_run} of ${count(plan.work.totals.tasks, "task")} have ${NO_EARLIER_RUN}` : "";
  return [h("p", { class: "lead" }, `by ${count(all.earlier, "earlier task")}: ${total}${money}${missing}`),
    path && h("details", {}, h("summary", {}, `Critical path: ${time(path.seconds)} in ${count(path.tasks.length, "task")}${path.no_earlier_run ? `, ${path.no_earlier_run} of them with ${NO_EARLIER_RUN}` : ""}`),
      path.tasks.map((task) => h("div", {}, toLabel(task.label), " ", h("span", { class: "lead" }, task.seconds == null ? NO_EARLIER_RUN : time(task.seconds)))))];
};
const pools = () => {
  const given = workRows();
  if (!given) return h("p", { class: "lead" }, unreadable || "The definitions are being read …");
  const rows = new Map();
  for (const one of given) {
    const at = rows.get(one.pool) || rows.set(one.pool, { ...one, tasks: 0, seconds: 0, kinds: new Set() }).get(one.pool);
    at.tasks += one.tasks;
    at.seconds += one.seconds;
    at.kinds.add(one.kind);
    if (one.estimate) {
      at.missing = (at.missing || 0) + one.estimate.no_earlier_run;
      if (one.estimate.seconds != null) at.estimated = (at.estimated || 0) + one.estimate.seconds;
      if (one.estimate.cost != null) at.cost = (at.cost || 0) + one.estimate.cost;
    }
  }
  const sum = (list, key) => list.reduce((total, one) => total + one[key], 0);
  const onGpus = sum(given.filter((one) => one.gpus), "tasks");
  // What earlier tasks tell is told of this graph only: nobody has asked about the other one.
  const all = run() === 0 ? plan.work.estimate : null;
  const right = (...children) => h("td", { class: "right" }, ...children);
  const columns = [
    { name: "tasks", value: (one) => one.tasks, cell: (one) => right(one.tasks) },
    { name: "worker pool", value: (one) => one.pool, cell: (one) => h("td", {}, one.pool, h("div", { class: "lead" }, [one.gpus ? count(one.gpus, "GPU") : "", one.machines, [...one.kinds].slice(0, 4).join(", ") + (one.kinds.size > 4 ? ` and ${one.kinds.size - 4} more` : "")].filter(Boolean).join(" · "))) },
    { name: "at most", value: (one) => one.seconds, cell: (one) => right(duration(one.seconds)) },
    all && { name: "by earlier runs", value: (one) => one.estimated, cell: (one) => right(one.estimated == null ? NO_EARLIER_RUN : [time(one.estimated), one.missing > 0 && h("div", { class: "lead" }, `${one.missing} of ${one.tasks}: ${NO_EARLIER_RUN}`)]) },
    all && all.money && { name: `cost, ${all.money.currency}`, value: (one) => one.cost, cell: (one) => right(one.cost == null ? "-" : one.cost.toFixed(2)) },
  ].filter(Boolean);
  return [sortable("pools", columns, [...rows.values()]),
  h("p", { class: "lead" }, `${count(sum(given, "tasks"), "task")}, ${onGpus} on GPUs; if each ran to its limit, ${duration(sum(given, "seconds"))} of machines`),
  all && estimated(all)];
};
const overview = () => {
  // The models, and what is gone because of them, are those of the first graph.
  const isFirst = run() === 0;
  const gone = (isFirst && plan?.comparison?.gone) || [];
  return [
    title(plan ? "Overview" : "Refused: nothing was generated"),
    !isFirst && h("p", { class: "lead" }, `This is ${against}.`),
    report.problems.length > 0 && section("Problems", report.problems.length, more(report.problems, problem)),
    isFirst && plan?.models.length > 0 && section("Training", null, models()),
    isFirst && plan && ((cards) => cards.length > 0 && section("Reused from earlier runs", null, cards))(reused()),
    gone.length > 0 && section("Gone", gone.length, more(gone, (one) => h("li", {}, toLabel(one.label), h("div", { class: "lead" }, one.why)))),
    plan && section(isLookedUp() ? "Would run, by worker pool" : "Tasks by worker pool", null, pools()),
    report.tree?.python && section("Made by Python", `${report.tree.python.kinds.length} of ${count(report.tree.python.of, "kind")}`,
      more(report.tree.python.reasons, (one) => h("li", {}, linked(one.because), h("div", { class: "lead" }, one.kinds.map((kind, index) => [index ? ", " : "", toKind(kind)]))))),
    report.notes.length > 0 && section("Notes", null, more(report.notes, (note) => h("li", {}, note))),
  ];
};

const around = (kind) => {
  const line = (name, list) => list.length > 0 && h("p", {}, h("span", { class: "lead" }, `${name} `), list.flatMap((one, index) => [index ? ", " : "", toKind(one)]));
  return [line("after", kindsBefore(kind)), line("before", kindsAfter(kind))];
};
const list = () => {
  const all = found();
  const of = [state.fate && fates.find((fate) => fate.fate === state.fate)?.words, state.stage && `stage ${state.stage}`, state.q && `“${state.q}”`].filter(Boolean).join(", ");
  $("status").textContent = `${count(all.length, "task")} found`;
  return [
    state.kind && h("p", { class: "crumbs" }, h("a", { href: address(NOTHING) }, "Overview")),
    title(state.kind || "Tasks"), h("p", { class: "lead" }, [count(all.length, "task"), of].filter(Boolean).join(": ")),
    state.kind && around(state.kind), section("Tasks", null, more(all, row, { class: "labels" }))];
};
