// Tables that are sorted by any of their columns.

// The column of each table that was chosen, and its direction: they stay when the panel is made anew.
const chosenOrder = {};
const sortable = (table, columns, rows) => {
  const body = h("tbody");
  const heads = columns.map((column) => h("th", { scope: "col" },
    h("button", { type: "button", class: "sort", click: () => choose(column) }, column.name, h("span", { "aria-hidden": "true" }))));
  const isNumber = (column) => rows.some((row) => typeof column.value(row) === "number");
  const show = () => {
    const { name, isUp } = chosenOrder[table] || {};
    const by = columns.find((column) => column.name === name);
    columns.forEach((column, index) => {
      const direction = column === by && (isUp ? "ascending" : "descending");
      if (direction) heads[index].setAttribute("aria-sort", direction);
      else heads[index].removeAttribute("aria-sort");
      heads[index].querySelector("span").textContent = direction ? (isUp ? " ▲" : " ▼") : "";
    });
    const value = by && ((row) => by.value(row) ?? null);
    // What is not known is neither large nor small: it comes last either way.
    const known = by ? rows.filter((row) => value(row) !== null) : rows;
    const unknown = by ? rows.filter((row) => value(row) === null) : [];
    const order = (a, b) => (typeof value(a) === "number" ? value(a) - value(b) : compare(value(a), value(b))) * (isUp ? 1 : -1);
    body.replaceChildren(...[...(by ? known.sort(order) : known), ...unknown].map((row) => h("tr", {}, columns.map((column) => column.cell(row)))));
  };
  // The largest number comes first, and the first letter.
  const choose = (column) => {
    const last = chosenOrder[table];
    chosenOrder[table] = { name: column.name, isUp: last?.name === column.name ? !last.isUp : !isNumber(column) };
    show();
  };
  show();
  return h("table", {}, h("thead", {}, h("tr", {}, heads)), body);
};
