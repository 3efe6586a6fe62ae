// The drawing of the kinds, and what all drawings have in common.

const PAD = 12;
// Text that would leave its box is set closer.
const fitted = (text, attributes, most, width) => {
  const shown = text.length > 1.4 * most ? `${text.slice(0, Math.floor(1.4 * most) - 1)}…` : text;
  return s("text", { ...attributes, ...(shown.length > most ? { textLength: width, lengthAdjust: "spacingAndGlyphs" } : {}) }, shown);
};
const STRONG = ["download-only", "continue", "init", "gone", "new", "rewritten"];
// A box for tasks: a link with its name, how many tasks of each sort it has, and a bar that says the same.
const taskBox = ({ names, name, note, of, isOne, href, place: [x, y], area: [width, height], classes, isCurrent }) => {
  const counts = [...tally(of, (task) => here(task).fate)].sort(([a], [b]) => fates.indexOf(a) - fates.indexOf(b));
  const chief = counts.length ? counts[0][0] : fates[fates.length - 1];
  const parts = counts.map(([fate, number]) => {
    const words = isOne ? fate.words : fate.words ? `${number} ${fate.words}` : count(number, "task");
    return { fate, number, words };
  });
  const summary = [note, ...parts.map((part) => part.words)].filter(Boolean);
  let start = 8;
  const bar = parts.map(({ fate, number }) => {
    const length = ((width - 16) * number) / of.length;
    const part = s("rect", { class: "part", fate: fate.fate, x: start, y: height - 7, width: Math.max(length - 1, 1), height: 3, rx: 1 });
    start += length;
    return part;
  });
  const noted = [note, ...parts.map((part) => `${part.fate.sign} ${part.words}`.trim())].filter(Boolean).join("  ");
  const texts = [
    names.filter(Boolean).map((line, at) => [fitted(line, { x: 13, y: 20 + 15 * at }, width / 9, width - 26), " "]),
    fitted(noted || (of.length ? "" : "no task"), { class: "note", x: 13, y: height - 14 }, 27, width - 26),
  ];
  const isCut = texts.flat(2).some((text) => text?.textContent?.endsWith("…"));
  return s("a", {
    class: ["node", STRONG.includes(chief.fate) && "strong", ...classes].filter(Boolean).join(" "),
    href, fate: chief.fate, transform: `translate(${x} ${y})`,
    "aria-label": [name, ...summary].join(" "), "aria-current": isCurrent ? "true" : null,
  },
    isCut && s("title", {}, `${name}: ${summary.join(", ")}`),
    s("rect", { class: "box", width, height, rx: 8 }),
    s("rect", { class: "band", x: 0, y: 8, width: 4, height: height - 16, rx: 2 }),
    texts,
    bar);
};
// Through all points, leaving and entering each of them downwards.
const curve = (points) => points.map(([x, y], index) => {
  if (!index) return `M${x} ${y}`;
  const [from, above] = points[index - 1];
  const middle = (above + y) / 2;
  return from === x ? `L${x} ${y}` : `C${from} ${middle} ${x} ${middle} ${x} ${y}`;
}).join("");
const arrow = (points, classes = "") => {
  const [x, y] = points[points.length - 1];
  return [
    s("path", { class: `edge${classes}`, d: curve(points) }),
    s("path", { class: `tip${classes}`, d: `M${x} ${y}l-4 -8h8z` }),
  ];
};

const modelBox = (node, index) => {
  const [x, y] = layout.places[index];
  const [width, height] = size;
  return s("g", { class: "node model", transform: `translate(${x} ${y})` },
    s("rect", { class: "box", width, height, rx: height / 2 }),
    s("text", { x: 24, y: 26 }, node.note.includes("model") ? "⇩ pretrained" : "⇩ earlier run"),
    s("text", { class: "note", x: 24, y: 44 }, node.note));
};
const kindBox = (node, index, near) => {
  if (node.what === "model") return modelBox(node, index);
  const of = tasksOf(node.name);
  const isCurrent = chosenKind() === node.name;
  const isDim = isNarrowed() && !state.task ? !of.some(matches) : near && !isCurrent && !near.has(node.name);
  return taskBox({
    names: data.names[index], name: node.name, of, href: address({ ...NOTHING, kind: node.name }),
    place: layout.places[index], area: size, isCurrent,
    classes: [node.from_model && run() === 0 && "path", isDim && "dim", near?.has(node.name) && "near"],
  });
};
const kindsDrawing = () => {
  const isModel = (index) => drawing.nodes[index].what === "model";
  const chosen = chosenKind();
  const near = chosen && drawing.nodes.some((node) => node.name === chosen)
    ? new Set([...kindsBefore(chosen), ...kindsAfter(chosen)]) : null;
  const line = (edge) => {
    const ends = [edge.from, edge.to].map((index) => drawing.nodes[index].name);
    const isLit = near && ends.includes(chosen);
    const isMarked = edge.from_model && run() === 0;
    return { isLit, isMarked, arrow: arrow(layout.lines[drawing.edges.indexOf(edge)], (isMarked ? " model" : "") + (isLit ? " lit" : "")) };
  };
  const shown = (index) => !isModel(index) || run() === 0;
  // What is marked lies on top.
  const lines = drawing.edges.filter((edge) => shown(edge.from) && shown(edge.to)).map(line)
    .sort((a, b) => (a.isLit || 0) - (b.isLit || 0) || a.isMarked - b.isMarked);
  return {
    area: [layout.width, layout.height], isSubdued: Boolean(near || isNarrowed()),
    name: "Kinds; what is needed stands above what needs it",
    content: [lines.map((one) => one.arrow), drawing.nodes.map((node, index) => shown(index) && kindBox(node, index, near))],
  };
};
