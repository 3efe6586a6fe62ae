"use strict";
// What is shown follows from the fragment of the address alone, so that every view can be shared. Names come from
// configs: they are only ever put in as text.
(() => {
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

  // ---- small things

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

  // ---- what the address says

  const KEYS = ["run", "kind", "stage", "fate", "q", "task"];
  let state = {};
  const read = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    state = Object.fromEntries(KEYS.map((key) => [key, given.get(key) || ""]));
  };
  const address = (changes) => {
    const next = new URLSearchParams(Object.entries({ ...state, ...changes }).filter(([, text]) => text));
    return `#${next}`;
  };
  const go = (changes, quietly) => {
    if (quietly) history.replaceState(null, "", address(changes));
    else history.pushState(null, "", address(changes));
    render(!quietly);
  };
  const run = () => (state.run === "without" && runs.length > 1 ? 1 : 0);
  const here = (task) => task.views[run()];
  const toTask = (task, ...text) => h("a", { href: address({ task: task.label }) }, ...(text.length ? text : [task.label]));
  const toKind = (kind) => h("a", { href: address({ kind, task: "", q: "", stage: "", fate: "" }) }, kind);
  const toLabel = (label) => (byLabel.has(label) ? toTask(byLabel.get(label)) : h("code", {}, label));

  const matches = (task) =>
    here(task) &&
    (!state.kind || task.kind === state.kind) &&
    (!state.stage || task.stage === state.stage) &&
    (!state.fate || here(task).fate.fate === state.fate) &&
    (!state.q || state.q.toLowerCase().split(/\s+/).every((word) => task.label.toLowerCase().includes(word)));
  const isFiltered = () => state.kind || state.stage || state.fate || state.q;

  // ---- the head

  const facts = () => {
    if (!plan) return `${report.config.file}: refused`;
    const { facts: of } = plan;
    const tree = report.tree ? (report.tree.embedded ? "embedded tree" : `tree ${report.tree.name}`) : "";
    return [report.config.file, `target ${of.target_stage || of.target_method}`, tree,
      `${of.tasks} tasks, ${of.to_run} to run`].filter(Boolean).join("  ·  ");
  };
  const without = plan?.comparison?.without;
  const names = without ? [`With ${without}`, "Without"] : ["This config", against];
  const head = () => {
    $("facts").textContent = facts();
    $("runs").hidden = runs.length < 2;
    $("runs").replaceChildren(...runs.map((index) =>
      h("button", { id: `run-${index}`, type: "button", "aria-pressed": String(run() === index), click: () => go({ run: index ? "without" : "" }, true) }, names[index])));
    const options = (all, of) =>
      [h("option", { value: "" }, all), ...[...new Set(tasks.filter(here).map(of).filter(Boolean))].sort(compare).map((one) => h("option", { value: one }, one))];
    $("kind").replaceChildren(...options("All kinds", (task) => task.kind));
    $("stage").replaceChildren(...options("All stages", (task) => task.stage));
    $("kind").value = state.kind;
    $("stage").value = state.stage;
    if ($("search").value !== state.q) $("search").value = state.q;
    $("clear").hidden = !isFiltered() && !state.task;
    const counts = tally(tasks.filter(here), (task) => here(task).fate);
    $("fates").replaceChildren(...fates.filter((fate) => counts.has(fate)).map((fate) =>
      h("button", { id: `fate-${fate.fate}`, type: "button", fate: fate.fate, "aria-pressed": String(state.fate === fate.fate),
        click: () => go({ fate: state.fate === fate.fate ? "" : fate.fate, task: "" }) },
        sign(fate), ` ${fate.words} ${counts.get(fate)}`)));
  };

  // ---- the drawing

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
      fitted(node.name, { x: 13, y: 20 }, 19, width - 50),
      at("text", { class: "count", x: width - 10, y: 20 }, String(of.length)),
      fitted(counts.map(([fate, number]) => (counts.length > 1 ? `${fate.sign} ${number} ${fate.words}` : `${fate.sign} ${fate.words}`)).join("  "), { class: "note", x: 13, y: 36 }, 27, width - 26),
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
    svg.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
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

  // ---- the panel: an overview, a list of tasks, or one task

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

  const panel = () => {
    const task = state.task && byLabel.get(state.task);
    $("status").textContent = "";
    const shown = task ? card(task) : state.task ? [title("No such task"), h("p", {}, h("code", {}, state.task))] : isFiltered() ? list() : overview();
    $("panel").replaceChildren(h("div", {}, shown.flat(Infinity).filter((child) => child != null && child !== false && child !== "")));
    $("panel").scrollTop = 0;
  };

  // ---- what people do

  const render = (moves) => {
    const focused = document.activeElement?.id;
    read();
    head();
    draw();
    panel();
    if (moves && (state.task || state.kind)) $("panel").querySelector("h2").focus({ preventScroll: true });
    else if (focused) $(focused)?.focus({ preventScroll: true });
  };
  const themes = ["", "light", "dark"];
  let theme = 0;
  const paint = () => {
    document.documentElement.dataset.theme = themes[theme];
    $("theme").textContent = `Colours: ${themes[theme] || "as the system"}`;
  };
  $("theme").addEventListener("click", () => { theme = (theme + 1) % themes.length; paint(); });
  $("tools").addEventListener("submit", (event) => event.preventDefault());
  $("search").addEventListener("input", () => go({ q: $("search").value.trim(), task: "" }, true));
  for (const id of ["kind", "stage"]) $(id).addEventListener("change", () => go({ [id]: $(id).value, task: "" }));
  const clear = () => go({ kind: "", stage: "", fate: "", q: "", task: "" });
  $("clear").addEventListener("click", clear);
  $("in").addEventListener("click", () => enlarge(1.25));
  $("out").addEventListener("click", () => enlarge(0.8));
  $("fit").addEventListener("click", () => { zoom = 0; scale(); });
  window.addEventListener("hashchange", () => render(true));
  window.addEventListener("resize", () => scale());
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
      event.preventDefault();
      $("search").focus();
    } else if (event.key === "Escape") {
      if (state.task) go({ task: "" });
      else if (isFiltered()) clear();
    }
  });
  paint();
  if (!location.hash && data.focus) location.replace(address({ task: data.focus }));
  render(false);
  performance.mark("first-view");
})();
