// Table twins: shown in place of the chart, downloaded as CSV, long ones unfolded.
import { data, filled, words } from "./data.js";
import { save } from "./save.js";

export function showTable(key, open) {
  const button = document.querySelector(`[data-twin="${key}"]`);
  const twin = document.getElementById(`twin-${key}`);
  const chart = document.querySelector(`[data-chart="${key}"]`);
  if (!twin) return;
  twin.hidden = !open;
  if (chart) chart.hidden = open;
  if (button) {
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open && chart ? words().chart : words().table;
  }
}

export function toggleTable(button) {
  showTable(button.dataset.twin, button.getAttribute("aria-expanded") !== "true");
}

export function startTables(page) {
  page.querySelectorAll("table").forEach((table) => {
    const waiting = table.querySelectorAll("tr[data-more]");
    if (!waiting.length) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn s unfold";
    const total = table.tBodies[0].rows.length;
    const label = (open) => (open ? words().less : filled(words().more, { n: total }));
    button.textContent = label(false);
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") !== "true";
      waiting.forEach((row) => (row.hidden = !open));
      button.setAttribute("aria-expanded", String(open));
      button.textContent = label(open);
    });
    const place = table.parentElement;
    if (!place.nextElementSibling?.classList.contains("unfold")) place.after(button);
  });
}

export function showStep(button) {
  const card = button.closest("[data-card]");
  card.querySelectorAll("[data-show]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
  card.querySelectorAll("[data-step]").forEach((one) => (one.hidden = one.dataset.step !== button.dataset.show));
}

// The table of a card as rows of texts; a cell with several raw values fills several columns.
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

export function saveTable(key) {
  const card = document.querySelector(`[data-card="${key}"]`);
  save(`${key}-${data.as_of}.csv`, csv(tableRows(card)), "text/csv;charset=utf-8");
}

// Texts that a spreadsheet could take for formulas were guarded when the report was written; here they are only quoted.
export function csv(rows) {
  const quoted = (value) => {
    const text = String(value ?? "");
    return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `\ufeff${rows.map((row) => row.map(quoted).join(",")).join("\r\n")}\r\n`;
}
