// What a task is in the one graph and in the other, key by key.

const isOfDigest = (path) => /^(attributes\.cached_task\.digest|optimization\.index-search|task\.routes)/.test(path);
const differences = (before, after, path = "", out = []) => {
  if (before === after) return out;
  const [a, b] = [entry(before), entry(after)];
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length === b.length) a.forEach((one, index) => differences(one, b[index], `${path}[${index}]`, out));
    else {
      // An item that has moved is the same; two others at the same place are one that has changed.
      const [old, now] = [new Set(a), new Set(b)];
      for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
        const was = now.has(a[index]) ? undefined : a[index];
        const is = old.has(b[index]) ? undefined : b[index];
        if (was !== undefined && is !== undefined) differences(was, is, `${path}[${index}]`, out);
        else if (was !== undefined || is !== undefined) out.push([`${path}[${index}]`, was, is]);
      }
    }
  } else if (a && b && typeof a === "object" && typeof b === "object" && !Array.isArray(a) && !Array.isArray(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      if (a[key] === undefined || b[key] === undefined) out.push([path ? `${path}.${key}` : key, a[key], b[key]]);
      else differences(a[key], b[key], path ? `${path}.${key}` : key, out);
    }
  } else out.push([path, before, after]);
  return out;
};
// The payload comes first: it is what the worker does.
const weight = ([path]) => ["task.payload", "dependencies", "task."].findIndex((start) => path.startsWith(start)) >>> 0;

const LONGEST = 600; // of more words, or lines, none is compared with another
const AROUND = 4; // words that are the same, before and behind those that are not
// Steps from one list of words to another: " ", "-" or "+" with a word, as few of the last two as possible.
const steps = (a, b) => {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  const out = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) out.push([" ", a[i++], j++]);
    else if (i < a.length && (j === b.length || table[i + 1][j] >= table[i][j + 1])) out.push(["-", a[i++]]);
    else out.push(["+", b[j++]]);
  }
  return out;
};
const wordsIn = (text) => text.split(/\s+/).filter(Boolean);
const byWord = (was, is) => {
  const all = steps(wordsIn(was), wordsIn(is));
  const near = all.map((_, at) => all.slice(Math.max(at - AROUND, 0), at + AROUND + 1).some(([what]) => what !== " "));
  const out = [];
  all.forEach(([what, word], at) => {
    if (!near[at]) return near[at - 1] === false ? null : out.push("… ");
    const last = out[out.length - 1];
    const text = `${word} `;
    if (what === " ") return out.push(text);
    const tag = what === "-" ? "del" : "ins";
    if (last?.tagName?.toLowerCase() === tag) return last.append(text);
    return out.push(h(tag, {}, text));
  });
  return h("div", {}, out);
};
const isAlike = (a, b) => {
  const all = steps(wordsIn(a), wordsIn(b));
  return all.filter(([what]) => what === " ").length * 2 >= all.length;
};
const GAP = Symbol("lines that are the same");
// A script, line by line; lines that are much the same, word by word.
const byLine = (was, is) => {
  const all = steps(...[was, is].map((text) => text.split("\n").map((line) => line.trimEnd())));
  const out = [];
  for (let at = 0; at < all.length; ) {
    if (all[at][0] === " ") {
      const isNear = [at - 1, at + 1].some((next) => all[next] && all[next][0] !== " ");
      // One mark for all lines in between.
      if (isNear) out.push(h("div", {}, all[at][1] || " "));
      else if (out[out.length - 1] !== GAP) out.push(GAP);
      at += 1;
      continue;
    }
    const [old, now] = [[], []];
    for (; at < all.length && all[at][0] !== " "; at += 1) (all[at][0] === "-" ? old : now).push(all[at][1]);
    const arePairs = old.length === now.length && old.every((line, index) => isAlike(line, now[index]));
    out.push(arePairs ? old.map((line, index) => byWord(line, now[index])) : [old.map(del), now.map(ins)]);
  }
  return out.map((one) => (one === GAP ? h("div", {}, "…") : one));
};
const del = (text) => h("div", {}, h("del", {}, `− ${text}`));
const ins = (text) => h("div", {}, h("ins", {}, `+ ${text}`));
// A list that stands in a text, as that of fetches does.
const listIn = (text) => {
  try {
    const list = JSON.parse(text);
    return Array.isArray(list) ? list : null;
  } catch {
    return null;
  }
};
const itemOf = (item) => (item?.artifact && item?.task ? `${item.artifact} of ${item.task}` : typeof item === "string" ? item : JSON.stringify(item));
const shownValue = (given) => {
  if (given?.content?.url) return `${given.file || given.directory || ""} ← ${given.content.url}`;
  return typeof given === "string" ? given : JSON.stringify(given);
};
// Two long values, from shortly before where they begin to differ.
const apart = (texts) => {
  const [a, b] = texts;
  let same = 0;
  if (a && b && Math.max(a.length, b.length) > 160) while (same < a.length && a[same] === b[same]) same += 1;
  const start = Math.max(same - 40, 0);
  return texts.map((text) => text && `${start ? "…" : ""}${text.slice(start, start + 240)}${text.length > start + 240 ? "…" : ""}`);
};
const change = ([path, ...both]) => {
  const [was, is] = both.map((number) => (number === undefined ? undefined : value(number)));
  const body = () => {
    if (typeof was === "string" && typeof is === "string") {
      const lists = [listIn(was), listIn(is)];
      if (lists[0] && lists[1]) {
        const [old, now] = lists.map((list) => list.map(itemOf));
        return [old.filter((one) => !now.includes(one)).map(del), now.filter((one) => !old.includes(one)).map(ins)];
      }
      const longest = (of) => Math.max(...[was, is].map((text) => of(text).length));
      const lines = longest((text) => text.split("\n"));
      if (lines > 2 && lines < LONGEST) return byLine(was, is);
      if (longest(wordsIn) > 6 && longest(wordsIn) < LONGEST) return byWord(was, is);
    }
    const [a, b] = apart([was, is].map((given) => (given === undefined ? "" : shownValue(given))));
    return [was !== undefined && del(a), is !== undefined && ins(b)];
  };
  return h("li", { class: "change" }, h("span", { class: "path" }, path), body());
};
const digest = (number) => valueAt(number, "attributes", "cached_task", "digest");
const why = (task) => {
  const [now, before] = task.views.map((view) => view?.number);
  if (now == null || before == null || now === before) return null;
  const own = differences(before, now).filter(([path]) => !isOfDigest(path)).sort((a, b) => weight(a) - weight(b) || compare(a[0], b[0]));
  const upstream = needsOf(task, 0).map((index) => tasks[index])
    .filter((one) => one.views[1]?.number != null && one.views[0]?.number != null && digest(one.views[0].number) !== digest(one.views[1].number));
  return section(`Against ${against}`, null,
    digest(now) !== digest(before) && h("p", {}, own.length ? "Another digest: the task itself is another one" : "Another digest, for something that it is made from has changed",
      upstream.length > 0 && [". Upstream: ", upstream.slice(0, 12).flatMap((one, index) => [index ? ", " : "", toTask(one)]), upstream.length > 12 && ` and ${upstream.length - 12} more`]),
    own.length > 0 && [h("p", { class: "lead" }, `${count(own.length, "key")} of the task ${own.length === 1 ? "is" : "are"} other than in ${against}:`), more(own, change, {}, 40)]);
};
