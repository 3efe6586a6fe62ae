// The drawing of tasks: those that are selected, what they need above them, and what needs them below. Never all tasks.

const SINGLE = 4; // more neighbours of one kind than this are one box
const MEMBERS = 24; // more tasks of the selected kind than this are one box besides
const [WIDTH, HEIGHT] = [216, 35]; // of a box, the height without the lines of its name
const LINE = 25; // characters of a line of its name
const [ASIDE, BELOW, BETWEEN] = [14, 14, 64];
const FRAME = 10; // the space between many tasks of the selected kind and the frame around them

// A name in lines that are parted at marks.
const linesOf = (name) => name.match(/[^-_/ ]*[-_/ ]?/g).filter(Boolean).reduce((lines, part) => {
  const last = lines[lines.length - 1];
  if (last === undefined || last.length + part.length > LINE) lines.push(part);
  else lines[lines.length - 1] += part;
  return lines;
}, []);
const boxed = (list) => {
  const byKind = new Map();
  for (const task of list) (byKind.get(task.kind) || byKind.set(task.kind, []).get(task.kind)).push(task);
  return [...byKind].flatMap(([kind, of]) => (of.length > SINGLE ? [{ kind, of }] : of.map((task) => ({ task, of: [task] }))));
};
const selected = () => {
  const task = byLabel.get(state.task);
  if (task) return here(task) ? [task] : [];
  const all = found().filter((one) => one.kind === state.kind && isDrawn(one));
  return state.kind ? all : [];
};
// Places in lines of about the same length, from `top` on.
const rows = (boxes, top, width, height) => {
  const w = WIDTH;
  const most = Math.max(1, Math.floor((width + ASIDE) / (w + ASIDE)));
  const lines = Math.ceil(boxes.length / most);
  const each = Math.ceil(boxes.length / lines) || 1;
  boxes.forEach((box, index) => {
    const line = Math.floor(index / each);
    const inLine = Math.min(each, boxes.length - line * each);
    const left = (width - inLine * (w + ASIDE) + ASIDE) / 2;
    box.place = [left + (index % each) * (w + ASIDE), top + line * (height + BELOW)];
  });
  return boxes.length ? top + lines * (height + BELOW) - BELOW + BETWEEN : top;
};
const frameOf = (boxes, height) => {
  const [xs, ys] = [0, 1].map((axis) => boxes.map((box) => box.place[axis]));
  const [x, y] = [Math.min(...xs) - FRAME, Math.min(...ys) - FRAME];
  return { x, y, width: Math.max(...xs) + WIDTH + FRAME - x, height: Math.max(...ys) + height + FRAME - y };
};
const tasksDrawing = () => {
  const all = selected();
  if (!all.length) return null;
  const chosen = new Set(all);
  const [first, rest] = all.length > MEMBERS ? [all.slice(0, MEMBERS - 1), all.slice(MEMBERS - 1)] : [all, []];
  const members = [...first.map((task) => ({ task, of: [task] })), ...(rest.length ? [{ kind: state.kind, of: rest, more: true }] : [])];
  const joined = (of) => [...new Set(all.flatMap(of))].filter((task) => here(task) && !chosen.has(task)).sort((a, b) => compare(a.label, b.label));
  const above = boxed(joined((task) => needsOf(task).map((index) => tasks[index])));
  const below = boxed(joined(dependents));
  const widest = Math.max(above.length, members.length, below.length);
  const room = Math.max(Math.floor(canvas.clientWidth / (0.8 * WIDTH + ASIDE)), 2);
  const width = Math.min(Math.max(room, Math.ceil(Math.sqrt(widest / 2))), widest) * (WIDTH + ASIDE) - ASIDE;
  for (const box of [...above, ...members, ...below]) {
    box.name = box.task ? box.task.label : box.kind;
    box.names = linesOf(box.more ? `more of ${box.kind}` : box.name);
  }
  const height = HEIGHT + 15 * Math.max(2, ...[...above, ...members, ...below].map((box) => box.names.length));
  let bottom = 0;
  for (const boxes of [above, members, below]) bottom = rows(boxes, bottom, width, height);
  const boxOf = new Map([...above, ...members, ...below].flatMap((box) => box.of.map((task) => [task, box])));
  const lines = new Map();
  const join = (from, to) => from && to && from !== to && lines.set(from, (lines.get(from) || new Set()).add(to));
  for (const task of all) {
    for (const index of needsOf(task)) join(boxOf.get(tasks[index]), boxOf.get(task));
    for (const one of dependents(task)) if (!chosen.has(one)) join(boxOf.get(task), boxOf.get(one));
  }
  const w = WIDTH;
  // What all of many tasks have in common leads to the frame around them, or away from it.
  const frame = members.length > SINGLE && frameOf(members, height);
  const isMember = new Set(members);
  const end = (box, at) => [box.place[0] + w / 2, box.place[1] + at];
  const arrows = [];
  const sources = new Map();
  for (const [from, set] of lines) {
    const reached = [...set].filter((to) => isMember.has(to));
    const isOfAll = frame && reached.length === members.length;
    if (isOfAll) arrows.push(arrow([end(from, height), [end(from, 0)[0], frame.y]]));
    for (const to of set) {
      if (isMember.has(from) && frame) sources.set(to, [...(sources.get(to) || []), from]);
      else if (!(isOfAll && isMember.has(to)) && to.place[1] > from.place[1]) arrows.push(arrow([end(from, height), end(to, 0)], isMember.has(from) || isMember.has(to) ? "" : " far"));
    }
  }
  for (const [to, froms] of sources) {
    if (froms.length === members.length) arrows.push(arrow([[end(to, 0)[0], frame.y + frame.height], end(to, 0)]));
    else for (const from of froms) if (to.place[1] > from.place[1]) arrows.push(arrow([end(from, height), end(to, 0)]));
  }
  const one = (box) => taskBox({
    name: box.name, names: box.names,
    note: box.task && !here(box.task).fate.words && !isMember.has(box) ? box.task.kind : "", of: box.of, isOne: Boolean(box.task), place: box.place, area: [w, height], isCurrent: box.task?.label === state.task,
    href: address(box.task ? { task: box.task.label } : { ...NOTHING, kind: box.kind }), classes: [!box.task && "several"],
  });
  return {
    area: [width, bottom - BETWEEN], isSubdued: false, name: "Tasks; what is needed stands above what needs it",
    content: [frame && s("rect", { class: "frame", rx: 12, ...frame }), arrows, [...above, ...members, ...below].map(one)],
  };
};
