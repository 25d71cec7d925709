// Table twins: shown in place of the chart, downloaded as CSV, long ones unfolded.
import { csv, tableRows } from "../charts/csv.js";
import { save } from "../charts/save.js";
import { data, filled, words } from "./data.js";

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

export function saveTable(key) {
  const card = document.querySelector(`[data-card="${key}"]`);
  save(`${key}-${data.as_of}.csv`, csv(tableRows(card)), "text/csv;charset=utf-8");
}
