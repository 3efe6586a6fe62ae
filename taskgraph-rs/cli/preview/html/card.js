// The card of one task.

const isOfDigest = (path) => /^(attributes\.cached_task\.digest|optimization\.index-search|task\.routes)/.test(path);
const differences = (before, after, path = "", out = []) => {
  if (before === after) return out;
  const [a, b] = [pool[before], pool[after]];
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length === b.length) a.forEach((one, index) => differences(one, b[index], `${path}[${index}]`, out));
    else {
      a.forEach((one, index) => b.includes(one) || out.push([`${path}[${index}]`, one, undefined]));
      b.forEach((one, index) => a.includes(one) || out.push([`${path}[${index}]`, undefined, one]));
    }
  } else if (a && b && typeof a === "object" && typeof b === "object" && !Array.isArray(a) && !Array.isArray(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      if (a[key] === undefined || b[key] === undefined) out.push([path ? `${path}.${key}` : key, a[key], b[key]]);
      else differences(a[key], b[key], path ? `${path}.${key}` : key, out);
    }
  } else out.push([path, before, after]);
  return out;
};
const digest = (number) => valueAt(number, "attributes", "cached_task", "digest");
const dependencies = (task, index = run()) => Object.entries((task.views[index] && valueAt(task.views[index].number, "dependencies")) || {});
const neededBy = [];
const dependents = (task) => {
  neededBy[run()] ||= tasks.reduce((map, one) => {
    for (const [, label] of dependencies(one)) (map.get(label) || map.set(label, []).get(label)).push(one);
    return map;
  }, new Map());
  return neededBy[run()].get(task.label) || [];
};
// Two long values, from shortly before where they begin to differ.
const apart = (before, after) => {
  const texts = [before, after].map((number) => (number === undefined ? null : JSON.stringify(value(number))));
  const [a, b] = texts;
  let same = 0;
  if (a && b && Math.max(a.length, b.length) > 160) while (same < a.length && a[same] === b[same]) same += 1;
  const start = Math.max(same - 40, 0);
  return texts.map((text) => text && `${start ? "…" : ""}${text.slice(start, start + 240)}${text.length > start + 240 ? "…" : ""}`);
};
const why = (task) => {
  const [now, before] = task.views.map((view) => view?.number);
  if (now == null || before == null || now === before) return null;
  const found = differences(before, now);
  const own = found.filter(([path]) => !isOfDigest(path));
  const upstream = dependencies(task, 0).map(([, label]) => byLabel.get(label))
    .filter((one) => one?.views[1]?.number != null && one.views[0]?.number != null && digest(one.views[0].number) !== digest(one.views[1].number));
  return section(`Against ${against}`, null,
    digest(now) !== digest(before) && h("p", {}, own.length ? "Another digest: the task itself is another one" : "Another digest, for something that it is made from has changed",
      upstream.length > 0 && [". Upstream: ", upstream.flatMap((one, index) => [index ? ", " : "", toTask(one)])]),
    more(own, ([path, ...both]) => {
      const [was, is] = apart(...both);
      return h("li", { class: "change" }, h("span", { class: "path" }, path),
        was != null && h("div", { class: "was" }, `− ${was}`), is != null && h("div", { class: "is" }, `+ ${is}`));
    }, {}, 12));
};

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
const card = (task) => {
  const view = here(task);
  const given = view && view.number != null ? value(view.number) : null;
  const other = task.views.findIndex((one) => one && one.number != null);
  const needs = new Map(dependencies(task));
  const reference = (text) => { const name = /^<(.+)>$/.exec(text)?.[1]; return needs.has(name) ? toLabel(needs.get(name)) : h("code", {}, text); };
  const gone = plan?.comparison?.gone.find((one) => one.label === task.label);
  const looked = plan?.look_up?.tasks[task.label];
  const model = plan?.models.flatMap((kind) => kind.members).find((member) => member.label === task.label && member.url);
  const head = [
    h("p", { class: "crumbs" }, h("a", { href: address({ task: "", kind: "" , q: "", stage: "", fate: "" }) }, "Overview"), " › ", toKind(task.kind)),
    title(task.label),
    h("p", {}, view ? [h("span", { class: "fate", fate: view.fate.fate }, `${view.fate.sign} ${view.fate.words}`)] : "not in this graph",
      given && h("span", { class: "lead" }, `  ${given.description}`)),
    gone && run() === 0 && h("p", { class: "lead" }, gone.why),
    looked && run() === 0 && h("p", { class: "lead" }, looked.why, looked.task_id && [": task ", h("code", {}, looked.task_id)], looked.expires && `, which is there until ${looked.expires}`),
  ];
  if (!given) {
    return [...head, other >= 0 && runs.length > 1 && h("p", {}, h("a", { href: address({ run: other ? "without" : "" }) }, `Show it in: ${names[other]}`))];
  }
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
  raw.addEventListener("toggle", () => raw.open && raw.children.length < 2 && raw.append(h("pre", { tabindex: "0" }, JSON.stringify(given, null, 2))));
  const users = dependents(task);
  return [
    ...head,
    section("Facts", null, h("table", {}, facts.map(([name, text]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, text))))),
    model && section("Pretrained model", null, h("p", {}, outside(model.url))),
    why(task),
    section("Depends on", needs.size, more([...needs].sort(), ([name, label]) => h("li", {},
      byLabel.get(label) && here(byLabel.get(label)) ? sign(here(byLabel.get(label)).fate) : "", toLabel(label), h("span", { class: "aside" }, name)), { class: "labels" }, 30)),
    section("Needed by", users.length, more(users, row, { class: "labels" }, 30)),
    mounts.length > 0 && section("Mounts", mounts.length, more(mounts, (mount) => h("li", {},
      h("code", {}, mount.file || mount.directory || ""), " ← ",
      mount.content.url ? outside(mount.content.url) : [h("code", {}, String(words(mount.content.artifact ?? ""))), mount.content.taskId ? [" of ", reference(words(mount.content.taskId))] : ""]), {}, 20)),
    fetches.length > 0 && section("Fetches", fetches.length, more(fetches, (one) => h("li", {}, h("code", {}, String(one.artifact)), " of ", reference(String(one.task))), {}, 20)),
    command && section("Command", null, h("pre", { tabindex: "0" }, command)),
    section("Definition", null, raw),
  ];
};
