// What the page was filled with.

const data = JSON.parse(document.getElementById("data").textContent);
const { report, fates, against, kinds, drawing, layout, size } = data;
const plan = report.plan;
const runs = data.asked.length > 1 ? [0, 1] : [0];

const tasks = data.tasks.map(([label, kind, stage, spot, views, looked], index) => ({
  index, label, looked, lower: label.toLowerCase(), kind: kinds[kind], stage: data.stages[stage], written: data.locations[spot],
  views: views.map((view) => view && { fate: fates[view[0]], number: view[1], needs: view[2] }),
}));
const byLabel = new Map(tasks.map((task) => [task.label, task]));

// The definitions: one JSON value a line. They are unpacked when the first view is there, and read line by line.
let pool = null;
let unreadable = "";
const unpack = async () => {
  const element = document.getElementById("values");
  const text = atob(element.textContent);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  const lines = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  pool = (await new Response(lines).text()).split("\n");
  element.remove();
};
const read = new Map();
const entry = (number) => {
  if (!read.has(number)) read.set(number, JSON.parse(pool[number]));
  return read.get(number);
};
// Equal values have equal numbers; a list holds the numbers of its items, a map those of its values.
const value = (number) => {
  const found = entry(number);
  if (Array.isArray(found)) return found.map(value);
  if (found && typeof found === "object") {
    return Object.fromEntries(Object.entries(found).map(([key, inner]) => [key, value(inner)]));
  }
  return found;
};
const inside = (number, ...path) => path.reduce((at, key) => (at == null ? undefined : Object(entry(at))[key]), number);
const valueAt = (number, ...path) => {
  const found = inside(number, ...path);
  return found === undefined ? undefined : value(found);
};
