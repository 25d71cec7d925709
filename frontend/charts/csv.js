// The table of a card as CSV. Texts that a spreadsheet could take for formulas were guarded when the page was written;
// here they are only quoted.

// A cell with several raw values fills several columns.
export function tableRows(card) {
  const tables = [...card.querySelectorAll("table")];
  const table = tables.find((one) => !one.closest("[data-step][hidden]")) ?? tables[0];
  const head = [...table.tHead.rows[0].cells].flatMap((cell) => (cell.dataset.h ?? cell.textContent).split("\t"));
  const widths = [...table.tHead.rows[0].cells].map((cell) => (cell.dataset.h ?? "").split("\t").length);
  const body = [...table.tBodies[0].rows].map((row) =>
    [...row.cells].flatMap((cell, index) => {
      const raw = cell.dataset.v ?? cell.textContent;
      return widths[index] > 1 ? raw.split("\t") : [raw];
    }),
  );
  return [head, ...body];
}

export function csv(rows) {
  const quoted = (value) => {
    const text = String(value ?? "");
    return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `\ufeff${rows.map((row) => row.map(quoted).join(",")).join("\r\n")}\r\n`;
}
