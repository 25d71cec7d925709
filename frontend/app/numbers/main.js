// The analysis pages: figures drawn when they come near the screen, marks that open customers, tables and exports.
// Loaded on pages with figures only.
import { draw, isNarrow } from "../../charts/draw.js";
import { csv, tableRows } from "../../charts/csv.js";
import { pngOf, svgText } from "../../charts/picture.js";
import { save } from "../../charts/save.js";
import { startMarks } from "./marks.js";

const page = document.querySelector("[data-numbers]");
const data = JSON.parse(document.getElementById("figures")?.textContent ?? '{"figures":{}}');
const words = JSON.parse(page?.dataset.words ?? "{}");
const drawn = new Map();

const placeOf = (key) => document.querySelector(`[data-chart="${CSS.escape(key)}"]`);

function drawOne(place) {
  if (drawn.has(place) || !place.clientWidth || place.hidden) return;
  const figure = data.figures[place.dataset.chart];
  if (!figure) return;
  const height = place.dataset.height ?? place.querySelector("svg")?.getAttribute("height");
  place.dataset.height = height;
  place.style.height = `${height}px`;
  place.replaceChildren();
  try {
    const chart = draw(place, figure.option);
    drawn.set(place, { chart, narrow: isNarrow(place) });
    startMarks(place, chart, figure.option, words);
    sizes.observe(place);
  } catch (error) {
    console.error(error);
    const said = document.createElement("p");
    said.className = "void";
    said.textContent = words.failed;
    place.replaceWith(said);
    showTable(place.dataset.chart, true);
  }
}

function erase(place) {
  drawn.get(place)?.chart.dispose();
  drawn.delete(place);
}

function fit(place) {
  const state = drawn.get(place);
  if (!state || !place.clientWidth || state.chart.getWidth() === place.clientWidth) return;
  if (state.narrow === isNarrow(place)) state.chart.resize();
  else redraw(place);
}

function redraw(place) {
  erase(place);
  drawOne(place);
}

const near = new IntersectionObserver((seen) => seen.filter((one) => one.isIntersecting).forEach((one) => drawOne(one.target)), { rootMargin: "400px 0px" });
const sizes = new ResizeObserver((changed) => changed.forEach((one) => fit(one.target)));

function showTable(key, open) {
  const twin = document.getElementById(`twin-${key}`);
  if (!twin) return;
  const place = placeOf(key);
  twin.hidden = !open;
  if (place) {
    place.hidden = open;
    if (!open) drawOne(place);
  }
  const button = document.querySelector(`[data-twin="${CSS.escape(key)}"]`);
  button?.setAttribute("aria-expanded", String(open));
  if (button && place) button.textContent = open ? words.chart : words.table;
}

function unfold(table) {
  const waiting = table.querySelectorAll("tr[data-more]");
  if (!waiting.length) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn s unfold";
  const total = table.tBodies[0].rows.length;
  const label = (open) => (open ? words.less : words.more.replace("{n}", total));
  button.textContent = label(false);
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-expanded") !== "true";
    waiting.forEach((row) => (row.hidden = !open));
    button.setAttribute("aria-expanded", String(open));
    button.textContent = label(open);
  });
  table.parentElement.after(button);
}

const SAVES = {
  csv: (key) => save(`${key}-${data.asOf}.csv`, csv(tableRows(document.querySelector(`[data-card="${CSS.escape(key)}"]`))), "text/csv;charset=utf-8"),
  svg: (key) => save(`${key}-${data.asOf}.svg`, picture(key), "image/svg+xml"),
  png: async (key) => save(`${key}-${data.asOf}.png`, await pngOf(picture(key))),
};

function picture(key) {
  const place = placeOf(key);
  if (place.hidden) showTable(key, false);
  drawOne(place);
  const { title, foot } = data.figures[key];
  return svgText(drawn.get(place).chart, { title, foot, asOf: data.asOf });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-twin], [data-save]");
  if (!button) return;
  if (button.dataset.twin) showTable(button.dataset.twin, button.getAttribute("aria-expanded") !== "true");
  else {
    button.closest("[popover]")?.hidePopover();
    SAVES[button.dataset.save](button.dataset.of);
  }
});

const redrawAll = () => [...drawn.keys()].forEach(redraw);
new MutationObserver(redrawAll).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);
addEventListener("beforeprint", () => document.querySelectorAll("[data-chart]").forEach(drawOne));

document.querySelectorAll("[data-flex]").forEach((part) => (part.style.flex = part.dataset.flex));
document.querySelectorAll("[data-numbers] table").forEach(unfold);
document.querySelectorAll("[data-chart]").forEach((place) => near.observe(place));
