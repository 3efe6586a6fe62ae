// The drawing of the kinds.

let zoom = 0; // 0: as wide as the window
const PAD = 6;
// Text that would leave its box is set closer.
const fitted = (text, attributes, most, width) => {
  const shown = text.length > 1.4 * most ? `${text.slice(0, Math.floor(1.4 * most) - 1)}…` : text;
  return s("text", { ...attributes, ...(shown.length > most ? { textLength: width, lengthAdjust: "spacingAndGlyphs" } : {}) }, shown);
};
const drawnTasks = (node) => tasks.filter((task) => task.kind === node.name && here(task) && here(task).fate.fate !== "idle");
const box = (node, index) => {
  const [x, y] = layout.places[index];
  const [width, height] = size;
  const at = (tag, attributes, ...children) => s(tag, attributes, ...children);
  if (node.what === "model") {
    return s("g", { class: "node model", transform: `translate(${x} ${y})` },
      at("rect", { class: "box", width, height, rx: height / 2 }),
      at("text", { x: 24, y: 21 }, node.note.includes("model") ? "⇩ pretrained" : "⇩ earlier run"), at("text", { class: "note", x: 24, y: 38 }, node.note));
  }
  const of = drawnTasks(node);
  const counts = [...tally(of, (task) => here(task).fate)].sort(([a], [b]) => fates.indexOf(a) - fates.indexOf(b));
  const chief = counts.length ? counts[0][0] : fates[fates.length - 1];
  const summary = counts.map(([fate, number]) => `${number} ${fate.words}`).join(", ") || "no task";
  const isDim = (state.stage || state.fate || state.q) && !of.some(matches);
  let start = 8;
  const parts = counts.map(([fate, number]) => {
    const length = ((width - 16) * number) / of.length;
    const part = at("rect", { class: "part", fate: fate.fate, x: start, y: height - 7, width: Math.max(length - 1, 1), height: 3, rx: 1 });
    start += length;
    return part;
  });
  const strong = ["download-only", "continue", "init", "gone", "new", "rewritten"].includes(chief.fate);
  return s("a", {
    class: `node${strong ? " strong" : ""}${node.from_model && run() === 0 ? " path" : ""}${isDim ? " dim" : ""}`,
    href: address({ kind: node.name, task: "", q: "", stage: "", fate: "" }), fate: chief.fate,
    transform: `translate(${x} ${y})`, "aria-label": `${node.name}, ${count(of.length, "task")}: ${summary}`,
    "aria-current": state.kind === node.name || (state.task && byLabel.get(state.task)?.kind === node.name) ? "true" : null,
  },
    at("title", {}, `${node.name}: ${summary}`),
    at("rect", { class: "box", width, height, rx: 8 }),
    at("rect", { class: "band", x: 0, y: 8, width: 4, height: height - 16, rx: 2 }),
    fitted(data.names[index][0], { x: 13, y: 20 }, 19, width - 50),
    data.names[index][1] && fitted(data.names[index][1], { x: 13, y: 35 }, 22, width - 26),
    at("text", { class: "count", x: width - 10, y: 20 }, String(of.length)),
    fitted(counts.map(([fate, number]) => (counts.length > 1 ? `${fate.sign} ${number} ${fate.words}` : `${fate.sign} ${fate.words}`)).join("  "), { class: "note", x: 13, y: height - 14 }, 27, width - 26),
    parts);
};
// Through all points, leaving and entering each of them downwards.
const curve = (points) => points.map(([x, y], index) => {
  if (!index) return `M${x} ${y}`;
  const [from, above] = points[index - 1];
  const middle = (above + y) / 2;
  return from === x ? `L${x} ${y}` : `C${from} ${middle} ${x} ${middle} ${x} ${y}`;
}).join("");
const line = (edge) => {
  const points = layout.lines[drawing.edges.indexOf(edge)];
  const [x, y] = points[points.length - 1];
  const isMarked = edge.from_model && run() === 0;
  return [
    s("path", { class: `edge${isMarked ? " model" : ""}`, d: curve(points) }),
    s("path", { class: `tip${isMarked ? " model" : ""}`, d: `M${x} ${y}l-4 -8h8z` }),
  ];
};
const draw = () => {
  if (!drawing) return;
  const isModel = (index) => drawing.nodes[index].what === "model";
  const shown = (index) => !isModel(index) || run() === 0;
  const edges = drawing.edges.filter((edge) => shown(edge.from) && shown(edge.to));
  const [width, height] = [layout.width + 2 * PAD, layout.height + 2 * PAD];
  const isNarrowed = state.stage || state.fate || state.q;
  const svg = s("svg", { class: isNarrowed ? "narrowed" : null, viewBox: `${-PAD} ${-PAD} ${width} ${height}`, role: "group", "aria-label": "Kinds; what is needed stands above what needs it" },
    edges.filter((edge) => !edge.from_model).map(line), edges.filter((edge) => edge.from_model).map(line),
    drawing.nodes.map((node, index) => shown(index) && box(node, index)));
  scale(svg);
  $("canvas").replaceChildren(svg);
  // In a narrow window the whole page would move.
  if (matchMedia("(min-width: 901px)").matches) svg.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  const idle = kinds.filter((kind) => !drawing.nodes.some((node) => node.name === kind)).sort(compare);
  $("idle").replaceChildren(...(idle.length ? ["Not asked for: ", ...idle.flatMap((kind, index) => [index ? ", " : "", toKind(kind)])] : []));
};
const scale = (svg = $("canvas").querySelector("svg")) => {
  if (!svg) return 1;
  const natural = layout.width + 2 * PAD;
  // Text has to stay readable: a wide drawing is rather scrolled.
  const fit = Math.min(Math.max(($("canvas").clientWidth - 40) / natural, 0.62), 1.1);
  const factor = zoom || fit;
  svg.style.width = `${natural * factor}px`;
  svg.style.height = `${(layout.height + 2 * PAD) * factor}px`;
  return factor;
};
const enlarge = (by) => { zoom = Math.min(Math.max(scale() * by, 0.25), 3); scale(); };
