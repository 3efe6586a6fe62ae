// Where a drawing is shown: how large it is, and which part of it is in sight.

const READABLE = 0.62; // a drawing opens no smaller than this
const [SMALLEST, LARGEST] = [0.08, 3];
let zoom = null; // nothing: as it opens; "fit": as a whole; a number
let area = [0, 0];
let shownView = null;
const canvas = $("canvas");
const svgOf = () => canvas.querySelector("svg");
const bounded = (factor) => Math.min(Math.max(factor, SMALLEST), LARGEST);
const factorOf = () => {
  if (typeof zoom === "number") return zoom;
  const inner = (whole, space) => Math.max(whole - space, 40);
  const whole = Math.min(inner(canvas.clientWidth, 24) / area[0], inner(canvas.clientHeight, 24) / area[1], 1.1);
  return bounded(zoom === "fit" ? whole : Math.max(whole, READABLE));
};
const scale = () => {
  const svg = svgOf();
  if (!svg) return;
  const factor = factorOf();
  svg.style.width = `${area[0] * factor}px`;
  svg.style.height = `${area[1] * factor}px`;
  $("size").textContent = `${Math.round(factor * 100)} %`;
};
// The point under the pointer, or in the middle, stays where it is.
const zoomAt = (by, x, y) => {
  const svg = svgOf();
  if (!svg) return;
  const frame = canvas.getBoundingClientRect();
  const at = [x ?? frame.left + frame.width / 2, y ?? frame.top + frame.height / 2];
  const before = svg.getBoundingClientRect();
  zoom = bounded(factorOf() * by);
  scale();
  const after = svg.getBoundingClientRect();
  canvas.scrollLeft += after.left + ((at[0] - before.left) / before.width) * after.width - at[0];
  canvas.scrollTop += after.top + ((at[1] - before.top) / before.height) * after.height - at[1];
};
// Moves the drawing and never the page.
const reveal = (node, always) => {
  if (!node || !canvas.clientHeight) return;
  const [frame, at] = [canvas.getBoundingClientRect(), node.getBoundingClientRect()];
  const isInSight = at.left >= frame.left && at.top >= frame.top && at.right <= frame.left + canvas.clientWidth && at.bottom <= frame.top + canvas.clientHeight;
  if (isInSight && !always) return;
  canvas.scrollLeft += (at.left + at.right) / 2 - frame.left - canvas.clientWidth / 2;
  canvas.scrollTop += (at.top + at.bottom) / 2 - frame.top - canvas.clientHeight / 2;
};
// What is looked for: the selection, else the first kind with a match, else what begins with a model, else the uppermost.
const revealChosen = (always) => {
  const svg = svgOf();
  if (!svg) return;
  const current = svg.querySelector("[aria-current]");
  const match = !current && isNarrowed() && svg.querySelector("a.node:not(.dim)");
  if (current || match) return reveal(current || match, always);
  const top = (node) => node.getBoundingClientRect().top;
  const uppermost = () => [...svg.querySelectorAll("a.node")].reduce((a, b) => (!a || top(b) < top(a) ? b : a), null);
  if (always) reveal(svg.querySelector(".node.model") || uppermost(), true);
};
// Draws what is selected; returns whether it is another drawing than before. It has its place only after `fitDrawing`:
// whatever asks for the size of something lays the whole page out, and that once is enough.
const draw = () => {
  if (!drawing) return false;
  const isOfTasks = state.view === "tasks";
  for (const [id, is] of [["view-kinds", !isOfTasks], ["view-tasks", isOfTasks]]) $(id).setAttribute("aria-pressed", String(is));
  const made = isOfTasks ? tasksDrawing() : kindsDrawing();
  const view = isOfTasks ? `tasks ${state.kind} ${state.task}` : "kinds";
  const isOther = view !== shownView;
  shownView = view;
  if (!made) {
    canvas.replaceChildren(h("p", { class: "lead" }, "Select a kind or a task: it is drawn with what it needs, above, and what needs it, below."));
    $("size").textContent = "";
    return isOther;
  }
  area = made.area.map((length) => length + 2 * PAD);
  const svg = s("svg", { class: made.isSubdued ? "subdued" : null, viewBox: `${-PAD} ${-PAD} ${area[0]} ${area[1]}`, role: "group", "aria-label": made.name }, made.content);
  if (isOther) zoom = zoom === "fit" ? "fit" : null;
  // Most often it keeps its size.
  svg.style.cssText = svgOf()?.style.cssText ?? "";
  canvas.replaceChildren(svg);
  const idle = kinds.filter((kind) => !drawing.nodes.some((node) => node.name === kind)).sort(compare);
  $("idle").replaceChildren(...(idle.length ? ["Not asked for: ", ...idle.flatMap((kind, index) => [index ? ", " : "", toKind(kind)])] : []));
  return isOther;
};
const fitDrawing = (isOther) => {
  scale();
  revealChosen(isOther);
};

$("in").addEventListener("click", () => zoomAt(1.25));
$("out").addEventListener("click", () => zoomAt(0.8));
$("fit").addEventListener("click", () => { zoom = "fit"; scale(); });
for (const view of ["kinds", "tasks"]) $(`view-${view}`).addEventListener("click", () => go({ view: view === "tasks" ? view : "" }, true));
canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "+" || event.key === "=") zoomAt(1.25);
  else if (event.key === "-") zoomAt(0.8);
  else if (event.key === "0") $("fit").click();
});
canvas.addEventListener("wheel", (event) => {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  zoomAt(Math.exp(-0.002 * event.deltaY * (event.deltaMode ? 16 : 1)), event.clientX, event.clientY);
}, { passive: false });
// A mouse drags the drawing; fingers scroll it anyway. A click that ends a drag selects nothing.
let drag = null;
canvas.addEventListener("pointerdown", (event) => {
  const isOnBar = event.clientX > canvas.getBoundingClientRect().left + canvas.clientWidth || event.clientY > canvas.getBoundingClientRect().top + canvas.clientHeight;
  if (event.pointerType === "touch" || event.button !== 0 || isOnBar) return;
  drag = { x: event.clientX, y: event.clientY, left: canvas.scrollLeft, top: canvas.scrollTop, moved: false };
});
canvas.addEventListener("pointermove", (event) => {
  if (!drag || !(event.buttons & 1)) return;
  const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
  if (!drag.moved && Math.hypot(x, y) < 5) return;
  if (!drag.moved) canvas.setPointerCapture(event.pointerId);
  drag.moved = true;
  canvas.classList.add("dragged");
  canvas.scrollLeft = drag.left - x;
  canvas.scrollTop = drag.top - y;
});
canvas.addEventListener("pointerup", () => {
  canvas.classList.remove("dragged");
  setTimeout(() => { drag = null; });
});
canvas.addEventListener("pointercancel", () => { canvas.classList.remove("dragged"); drag = null; });
canvas.addEventListener("click", (event) => {
  if (!drag?.moved) return;
  event.preventDefault();
  event.stopPropagation();
}, true);
canvas.addEventListener("dragstart", (event) => event.preventDefault());
