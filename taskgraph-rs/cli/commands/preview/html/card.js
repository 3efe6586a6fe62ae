// The card of one task.

const words = (command) => (Array.isArray(command) ? command.map(words).join(" ") : typeof command === "object" && command ? Object.values(command).map(words).join(" ") : String(command));
const commandOf = (payload) => {
  const items = payload?.command;
  if (!items) return null;
  return Array.isArray(items) && items.every(Array.isArray) ? items.map(words).join("\n") : words(items);
};
const fetchesOf = (payload) => {
  const given = payload?.env?.MOZ_FETCHES;
  try { return JSON.parse(typeof given === "string" ? given : given["task-reference"]); } catch { return []; }
};
const mountsOf = (payload) => (Array.isArray(payload?.mounts) ? payload.mounts : []).filter((mount) => mount.content);
const lookedUp = (task) => {
  if (task.looked == null || run() !== 0) return null;
  if (!pool) return null;
  const looked = JSON.parse(pool[task.looked]);
  return h("p", { class: "lead" }, looked.why, looked.task_id && [": task ", h("code", {}, looked.task_id)], looked.expires && `, which is there until ${looked.expires}`);
};
const signOf = (task) => { const fate = task && here(task)?.fate; return fate?.sign && sign(fate); };
const card = (task) => {
  const view = here(task);
  const other = task.views.findIndex((one) => one && one.number != null);
  const gone = plan?.comparison?.gone.find((one) => one.label === task.label);
  const isThere = view && view.number != null;
  const given = isThere && pool ? value(view.number) : null;
  const head = [
    h("p", { class: "crumbs" }, h("a", { href: address(NOTHING) }, "Overview"), " › ", toKind(task.kind)),
    title(task.label),
    h("p", {}, view ? told(view.fate) : "not in this graph", given && h("span", { class: "lead" }, `  ${given.description}`)),
    gone && run() === 0 && h("p", { class: "lead" }, gone.why),
    lookedUp(task),
  ];
  if (!isThere) {
    return [...head, other >= 0 && runs.length > 1 && h("p", {}, h("a", { href: address({ run: other ? "without" : "" }) }, `Show it in: ${names[other]}`))];
  }
  const users = dependents(task).filter((one) => here(one)?.number != null);
  const neighbours = (needs) => [section("Depends on", needs.length, more(needs, ([name, label]) => h("li", {},
    signOf(byLabel.get(label)), toLabel(label), h("span", { class: "aside" }, name)), { class: "labels" }, 30)),
  section("Needed by", users.length, more(users, row, { class: "labels" }, 30))];
  if (!given) {
    return [...head, h("p", { class: "lead" }, unreadable || "The definition is being read …"), neighbours(needsOf(task).map((index) => ["", tasks[index].label]))];
  }
  const needs = new Map(Object.entries(given.dependencies || {}));
  const reference = (text) => { const name = /^<(.+)>$/.exec(text)?.[1]; return needs.has(name) ? toLabel(needs.get(name)) : h("code", {}, text); };
  const model = plan?.models.flatMap((kind) => kind.members).find((member) => member.label === task.label && member.url);
  const definition = given.task;
  const payload = definition.payload;
  const limit = payload?.maxRunTime;
  const facts = [
    ["worker", `${definition.provisionerId}/${definition.workerType}`],
    ["at most", typeof limit === "number" ? duration(limit) : null],
    ["GPUs", payload?.env?.GPUS ? `${payload.env.GPUS.split(/\s+/).filter(Boolean).length}` : null],
    ["stage", task.stage],
    ["written in", task.written && h("span", { class: "file" }, task.written)],
    ["digest", given.attributes.cached_task?.digest && h("code", {}, given.attributes.cached_task.digest)],
  ].filter(([, text]) => text);
  const [mounts, fetches, command] = [mountsOf(payload), fetchesOf(payload), commandOf(payload)];
  const raw = h("details", {}, h("summary", {}, "Raw definition"));
  raw.addEventListener("toggle", () => raw.open && raw.children.length < 2 && raw.append(h("pre", { tabindex: "0", role: "region", "aria-label": "Raw definition" }, JSON.stringify(given, null, 2))));
  return [
    ...head,
    section("Facts", null, h("table", {}, facts.map(([name, text]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, text))))),
    model && section("Pretrained model", null, h("p", {}, outside(model.url))),
    why(task),
    neighbours([...needs].sort((a, b) => compare(a[0], b[0]))),
    mounts.length > 0 && section("Mounts", mounts.length, more(mounts, (mount) => h("li", {},
      h("code", {}, mount.file || mount.directory || ""), " ← ",
      mount.content.url ? outside(mount.content.url) : [h("code", {}, String(words(mount.content.artifact ?? ""))), mount.content.taskId ? [" of ", reference(words(mount.content.taskId))] : ""]), {}, 20)),
    fetches.length > 0 && section("Fetches", fetches.length, more(fetches, (one) => h("li", {}, h("code", {}, String(one.artifact)), " of ", reference(String(one.task))), {}, 20)),
    command && section("Command", null, h("pre", { tabindex: "0", role: "region", "aria-label": "Command" }, command)),
    section("Definition", null, raw),
  ];
};
