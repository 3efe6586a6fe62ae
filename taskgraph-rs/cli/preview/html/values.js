// What the page was filled with.

const { data, pool } = JSON.parse(document.getElementById("data").textContent);
const { report, fates, against, kinds, drawing, layout, size } = data;
const plan = report.plan;
const runs = against ? [0, 1] : [0];
const SHOWN = 200; // rows of a list before one has to ask for more

const tasks = data.tasks.map(([label, kind, stage, written, views]) => ({
  label, stage, written, kind: kinds[kind],
  views: views.map((view) => view && { fate: fates[view[0]], number: view[1] }),
}));
const byLabel = new Map(tasks.map((task) => [task.label, task]));

// Equal values have equal numbers; a list holds the numbers of its items, a map those of its values.
const value = (number) => {
  const entry = pool[number];
  if (Array.isArray(entry)) return entry.map(value);
  if (entry && typeof entry === "object") {
    return Object.fromEntries(Object.entries(entry).map(([key, inner]) => [key, value(inner)]));
  }
  return entry;
};
const inside = (number, ...path) => path.reduce((at, key) => (at == null ? undefined : Object(pool[at])[key]), number);
const valueAt = (number, ...path) => {
  const found = inside(number, ...path);
  return found === undefined ? undefined : value(found);
};

// Small things.

const $ = (id) => document.getElementById(id);
const fill = (element, attributes, children) => {
  for (const [name, set] of Object.entries(attributes)) {
    if (set == null || set === false) continue;
    if (name === "fate") element.style.setProperty("--fate", `var(--${set})`);
    else if (name === "click") element.addEventListener("click", set);
    else element.setAttribute(name, set === true ? "" : set);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return element;
};
const h = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const s = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const tally = (list, key) => list.reduce((counts, one) => counts.set(key(one), (counts.get(key(one)) || 0) + 1), new Map());
const duration = (seconds) => {
  const [days, hours, minutes] = [seconds / 86400, (seconds % 86400) / 3600, (seconds % 3600) / 60].map(Math.floor);
  if (days) return hours ? `${days} d ${hours} h` : `${days} d`;
  if (hours) return minutes ? `${hours} h ${minutes} min` : `${hours} h`;
  return minutes ? `${minutes} min` : "–";
};
const sign = (fate) => h("span", { class: "sign", fate: fate.fate, "aria-hidden": "true" }, fate.sign);
const outside = (url) =>
  /^https?:\/\//.test(url) && !url.includes("***")
    ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, url)
    : h("code", {}, url);
const more = (list, row, attributes = {}, shown = SHOWN) => {
  const items = h("ul", attributes, list.slice(0, shown).map(row));
  if (list.length <= shown) return items;
  const rest = h("button", { type: "button", click: () => (items.append(...list.slice(shown).map(row)), rest.remove()) },
    `Show all ${list.length}`);
  return [items, rest];
};
