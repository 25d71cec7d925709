// The list: selecting, actions on the selected, columns, sorting by a second key, editing in a cell.
import { on, typing } from "../events.js";
import { opened } from "../floating.js";
import { focused, focusRow } from "../rows.js";

const chosen = new Set();
let everybody = false;
let anchor = null;
let cell = null;

const list = () => document.querySelector("[data-list]");
const ticks = () => [...(list()?.querySelectorAll("[data-tick]") ?? [])];
const words = () => JSON.parse(list().querySelector("[data-words-of-list]").dataset.wordsOfList);
const total = () => document.getElementById("total")?.textContent.trim() ?? "";
const counted = () => (everybody ? total() : chosen.size.toLocaleString("en"));

function draw() {
  if (!list()) return;
  const all = ticks();
  for (const tick of all) {
    tick.checked = everybody || chosen.has(tick.value);
    tick.closest("tr").classList.toggle("on", tick.checked);
  }
  const some = everybody || chosen.size > 0;
  const head = list().querySelector("[data-tick-all]");
  if (head) {
    head.checked = all.length > 0 && all.every((tick) => tick.checked);
    head.indeterminate = some && !head.checked;
  }
  const band = list().querySelector("[data-selected]");
  const bar = list().querySelector("[data-bulk-bar]");
  const page = head?.checked ?? false;
  band.hidden = !(everybody || page);
  bar.hidden = !some;
  list().querySelector("[data-selected-count]").textContent = counted();
  band.querySelector("[data-selected-text]").textContent = words()[everybody ? "all" : "page"].replace("{n}", counted());
  const offer = band.querySelector("[data-select-all]");
  const more = Number(document.getElementById("total")?.dataset.total ?? 0) > chosen.size;
  offer.hidden = everybody || !more;
  offer.textContent = words().offer.replace("{n}", total());
  band.querySelector("[data-select-page]").hidden = !everybody;
}

function clear() {
  chosen.clear();
  everybody = false;
  draw();
}

function set(tick, checked) {
  if (everybody) {
    everybody = false;
    ticks().forEach((each) => chosen.add(each.value));
  }
  if (checked) chosen.add(tick.value);
  else chosen.delete(tick.value);
}

on("click", "[data-tick]", (event, tick) => {
  const all = ticks();
  if (event.shiftKey && anchor) {
    const [from, to] = [all.indexOf(anchor), all.indexOf(tick)].sort((a, b) => a - b);
    all.slice(from, to + 1).forEach((each) => set(each, tick.checked));
  } else set(tick, tick.checked);
  anchor = tick;
  draw();
});
on("click", "[data-tick-all]", (_event, head) => {
  everybody = false;
  ticks().forEach((tick) => set(tick, head.checked));
  draw();
});
on("click", "[data-select-all]", () => {
  everybody = true;
  draw();
});
on("click", "[data-select-page]", () => {
  everybody = false;
  chosen.clear();
  ticks().forEach((tick) => chosen.add(tick.value));
  draw();
});
on("click", "[data-clears-selection]", clear);

on("click", "[data-bulk]", (_event, button) => {
  if ("everybody" in button.dataset && !chosen.size) everybody = true;
  draw();
  const dialog = opened(`bulk-${button.dataset.bulk}`);
  const says = dialog?.querySelector("[data-bulk-says]");
  if (says) says.textContent = words().says.replace("{n}", counted());
});
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.elt.matches?.("[data-bulk-form]")) return;
  const state = new FormData(document.getElementById("list-state"));
  for (const [name, value] of state) event.detail.parameters[name] = value;
  event.detail.parameters.everybody = everybody ? "yes" : "";
  event.detail.parameters.ids = everybody ? "" : [...chosen].join(",");
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (!form.matches?.("[data-bulk-form]") || !event.detail.successful) return;
  form.closest("dialog").close();
  form.reset();
  clear();
});

const fresh = () => list() && window.htmx.ajax("GET", `${list().dataset.address}?${list().dataset.query}`, { target: "#listing", swap: "innerHTML" });

let live = false;
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "listing") clear();
  const job = document.querySelector("#bulk-job .job");
  const running = Boolean(job?.hasAttribute("hx-get"));
  if (live && job && !running) fresh();
  live = running;
});
document.addEventListener("htmx:oobAfterSwap", draw);
document.addEventListener("htmx:afterSettle", draw);

// Columns: ticked ones in their order.
on("click", "[data-up], [data-down]", (_event, button) => {
  const item = button.closest("li");
  const other = "up" in button.dataset ? item.previousElementSibling : item.nextElementSibling;
  if (!other || other.dataset.key === "name") return;
  if ("up" in button.dataset) other.before(item);
  else other.after(item);
  button.focus();
});
on("submit", "[data-columns]", (event, form) => {
  event.preventDefault();
  const keys = [...form.querySelectorAll("input:checked")].map((tick) => tick.value);
  const query = new URLSearchParams(list().dataset.query);
  query.set("c", keys.join(","));
  form.closest("dialog").close();
  window.htmx.ajax("GET", `${list().dataset.address}?${query}`, { target: "#listing", swap: "innerHTML" });
});

// Shift and a click on a header: the second key of the order.
on("click", "[data-sort]", (event, link) => {
  if (!event.shiftKey) return;
  event.preventDefault();
  const query = new URLSearchParams(list().dataset.query);
  const [first] = (query.get("o") ?? "").split(",");
  const wanted = new URL(link.href).searchParams.get("o");
  if (first.replace("-", "") === wanted.replace("-", "")) return;
  query.set("o", `${first},${wanted}`);
  window.htmx.ajax("GET", `${list().dataset.address}?${query}`, { target: "#listing", swap: "innerHTML" });
});

// A cell: E or a double click edits, Enter keeps, Esc leaves it as it was.
let before = null;
function edit(target) {
  if (!target) return;
  before = { html: target.outerHTML, row: target.closest("tr") };
  window.htmx.ajax("GET", target.dataset.edit, { target, swap: "outerHTML" });
}
on("click", "[data-edit]", (_event, target) => (cell = target.dataset.column));
on("dblclick", "[data-edit]", (event, target) => {
  if (event.target.closest("a")) return;
  edit(target);
});
document.addEventListener("htmx:afterSettle", () => list()?.querySelector("[data-cell-form] :is(input, select, textarea)")?.focus());
on("change", "[data-cell-form] select", (_event, field) => field.form.requestSubmit());
on("keydown", "[data-cell-form] :is(input, select, textarea)", (event, field) => {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  const holder = field.closest("[data-column]");
  const row = holder.closest("tr");
  holder.outerHTML = before.html;
  window.htmx.process(row);
  focusRow(row);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt.matches?.("[data-cell-form]") && event.detail.successful && before?.row) focusRow(before.row);
});

document.addEventListener("keydown", (event) => {
  if (!list() || event.metaKey || event.ctrlKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (typing(event.target) && event.target.type !== "checkbox") return;
  const row = focused();
  const tick = row?.querySelector("[data-tick]");
  if (event.key === " " && tick) {
    event.preventDefault();
    set(tick, !tick.checked);
    anchor = tick;
    draw();
  } else if (event.shiftKey && (event.key === "ArrowDown" || event.key === "ArrowUp") && row) {
    event.preventDefault();
    const all = ticks();
    const place = all.indexOf(tick);
    const next = all[Math.max(0, Math.min(all.length - 1, place + (event.key === "ArrowDown" ? 1 : -1)))];
    set(tick, true);
    set(next, true);
    focusRow(next.closest("tr"));
    draw();
  } else if (event.key === "Escape") clear();
  else if (event.key.toLowerCase() === "e" && row) {
    event.preventDefault();
    edit(row.querySelector(`[data-edit][data-column="${CSS.escape(cell ?? "")}"]`) ?? row.querySelector("td[data-edit]") ?? row.querySelector("[data-edit]"));
  }
});
