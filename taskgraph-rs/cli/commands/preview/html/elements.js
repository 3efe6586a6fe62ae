// Elements, and words for numbers.

const SHOWN = 200; // rows of a list before one has to ask for more
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
// `chunk-2` stands before `chunk-10`.
const compare = new Intl.Collator("en", { numeric: true }).compare;
const tally = (list, key) => list.reduce((counts, one) => counts.set(key(one), (counts.get(key(one)) || 0) + 1), new Map());
const duration = (seconds) => {
  const [days, hours, minutes] = [seconds / 86400, (seconds % 86400) / 3600, (seconds % 3600) / 60].map(Math.floor);
  if (days) return hours ? `${days} d ${hours} h` : `${days} d`;
  if (hours) return minutes ? `${hours} h ${minutes} min` : `${hours} h`;
  return minutes ? `${minutes} min` : "–";
};
// Of a task that is only asked for, there is nothing to say.
const told = (fate) => fate.words && h("span", { class: "fate", fate: fate.fate }, `${fate.sign} ${fate.words}`);
const sign = (fate) => h("span", { class: "sign", fate: fate.fate, "aria-hidden": "true" }, fate.sign);
const outside = (url) =>
  /^https?:\/\//.test(url) && !url.includes("***")
    ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, url)
    : h("code", {}, url);
const more = (list, row, attributes = {}, shown = SHOWN) => {
  const items = h("ul", attributes, list.slice(0, shown).map(row));
  if (list.length <= shown) return items;
  let from = shown;
  const words = () => (list.length - from > SHOWN ? `Show ${SHOWN} more of ${list.length}` : `Show all ${list.length}`);
  const rest = h("button", {
    type: "button",
    click: () => {
      const next = list.slice(from, from + SHOWN).map(row);
      from += SHOWN;
      items.append(...next);
      if (from < list.length) rest.textContent = words();
      else rest.remove();
      // Whoever goes by keys goes on where the new rows begin.
      next[0].tabIndex = -1;
      next[0].focus();
    },
  }, words());
  return [items, rest];
};
