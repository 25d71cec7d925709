// Rows of lists by keyboard: J and K or the arrows move, Enter opens. A table takes part by data-rows; a row's address is
// that of its link with data-row-link.
import { typing } from "./events.js";

const table = () => document.querySelector("[data-rows]");
const rows = () => [...(table()?.querySelectorAll("tbody > tr, article, li") ?? [])].filter((row) => row.querySelector("[data-row-link]"));

export const focused = () => table()?.querySelector(".fo") ?? null;

export function focusRow(row) {
  focused()?.classList.remove("fo");
  row?.classList.add("fo");
  row?.scrollIntoView({ block: "nearest" });
  row?.querySelector("[data-row-link]")?.focus({ preventScroll: true });
}

export function startRows() {
  document.addEventListener("keydown", (event) => {
    if (!table() || event.metaKey || event.ctrlKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (typing(event.target) && event.target.type !== "checkbox") return;
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (!step || (event.shiftKey && event.key.startsWith("Arrow"))) return;
    const all = rows();
    if (!all.length) return;
    event.preventDefault();
    const at = all.indexOf(focused());
    focusRow(all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))]);
  });
}
