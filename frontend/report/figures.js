// The figures of the page: drawn when they come near the screen, redrawn when the theme or the width class changes.
import { draw, isNarrow } from "../charts/draw.js";
import { here, make, words } from "./data.js";
import { showTable } from "./tables.js";

const drawn = new Map();
let watcher = null;
let sizes = null;

export function startFigures(page) {
  watcher = new IntersectionObserver(
    (seen) => seen.filter((one) => one.isIntersecting).forEach((one) => drawOne(one.target)),
    { rootMargin: "400px 0px" },
  );
  sizes = new ResizeObserver((changed) => changed.forEach((one) => fit(one.target)));
  page.querySelectorAll("[data-chart]").forEach((place) => watcher.observe(place));
}

export function stopFigures() {
  watcher?.disconnect();
  sizes?.disconnect();
  for (const place of [...drawn.keys()]) erase(place);
}

export function drawAll(page) {
  page.querySelectorAll("[data-chart]").forEach((place) => {
    if (!place.hidden) drawOne(place);
  });
}

export function redraw() {
  for (const place of [...drawn.keys()]) {
    erase(place);
    drawOne(place);
  }
}

export function chartOf(key) {
  for (const [place, { chart }] of drawn) if (place.dataset.chart === key) return chart;
  return null;
}

function drawOne(place) {
  if (drawn.has(place) || !place.clientWidth) return;
  watcher?.unobserve(place);
  const figure = here().figures[place.dataset.chart];
  try {
    drawn.set(place, { chart: draw(place, figure.option), narrow: isNarrow(place) });
    sizes?.observe(place);
  } catch (error) {
    console.error(error);
    place.replaceWith(make("p", { class: "void" }, words().failed));
    showTable(place.dataset.chart, true);
  }
}

function erase(place) {
  drawn.get(place)?.chart.dispose();
  drawn.delete(place);
}

export function fitAll() {
  for (const place of [...drawn.keys()]) fit(place);
}

function fit(place) {
  const state = drawn.get(place);
  if (!state || !place.clientWidth || state.chart.getWidth() === place.clientWidth) return;
  if (state.narrow === isNarrow(place)) {
    state.chart.resize();
    state.chart.getZr().flush();
    return;
  }
  erase(place);
  drawOne(place);
}
