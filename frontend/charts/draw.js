// Draws an option of regulars.charts: resolves its names, and keeps the drawing at the width of its place.
import { BarChart, CustomChart, HeatmapChart, LineChart, SankeyChart, ScatterChart } from "echarts/charts";
import { GraphicComponent, GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import { tipElement } from "./tip.js";
import { colour, isExpression, palette } from "./tokens.js";

use([BarChart, CustomChart, HeatmapChart, LineChart, SankeyChart, ScatterChart]);
use([GraphicComponent, GridComponent, MarkLineComponent, TooltipComponent, LabelLayout, SVGRenderer]);

const NARROW = 420;

export function draw(element, option) {
  const chart = init(element, null, { renderer: "svg" });
  chart.setOption(prepared(option));
  return chart;
}

export function isNarrow(element) {
  return element.clientWidth <= NARROW;
}

// A copy of the option in which colours are colours, and the three named things are functions.
export function prepared(option) {
  const token = palette();
  const family = getComputedStyle(document.body).fontFamily.replaceAll('"', "'"); // double quotes would end an attribute of an exported picture
  const all = (option.baseOption ?? option).series ?? [];
  const walk = (value, key) => {
    if (isExpression(value)) return colour(value, token);
    if (value === "@rect") return rectangle;
    if (Array.isArray(value)) return value.map((item) => walk(item));
    if (!value || typeof value !== "object") return value;
    if (value["@labels"]) return labelled(value["@labels"]);
    if (key === "tip") return value;
    const made = {};
    for (const [name, part] of Object.entries(value)) made[name] = walk(part, name);
    if (key === "tooltip" && made.trigger) Object.assign(made, tooltip(token, all));
    if (key === "textStyle" && made.fontSize && !made.fontFamily) made.fontFamily = family;
    return made;
  };
  return walk(option);
}

function tooltip(token, all) {
  return {
    formatter: (given) => {
      const one = [].concat(given).find((each) => each.data?.tip);
      return one ? tipElement(unpacked(one.data.tip, all[one.seriesIndex])) : "";
    },
    backgroundColor: token("card"),
    borderColor: token("line2"),
    borderWidth: 1,
    padding: [10, 14],
    transitionDuration: 0,
    textStyle: { color: token("ink"), fontSize: 13 },
    extraCssText: "border-radius:8px;box-shadow:var(--shadow);max-width:300px;white-space:normal",
  };
}

// A tip given as [title, value, value…] takes its labels, and perhaps its title, from its series.
function unpacked(tip, series) {
  if (!Array.isArray(tip)) return tip;
  const values = series.tipTitle ? tip : tip.slice(1);
  return { t: series.tipTitle ?? tip[0], r: series.tipRows.map((label, index) => [label, values[index]]) };
}

function labelled(pairs) {
  const reach = Math.abs((pairs[1]?.[0] ?? 1) - (pairs[0]?.[0] ?? 0)) / 100 || 1e-6;
  return (value) => pairs.find(([at]) => Math.abs(at - value) <= reach)?.[1] ?? "";
}

// A rectangle given by its four edges in axis units: left, right, low, high.
function rectangle(params, api) {
  const [left, top] = api.coord([api.value(0), api.value(3)]);
  const [right, bottom] = api.coord([api.value(1), api.value(2)]);
  const shape = { x: left + 0.5, y: top + 0.5, width: Math.max(1, right - left - 1), height: Math.max(1, bottom - top - 1) };
  return { type: "rect", shape, style: api.style() };
}
