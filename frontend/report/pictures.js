// A figure of the report as a picture to save.
import { pngOf, svgText as drawn } from "../charts/picture.js";
import { save } from "../charts/save.js";
import { data, here } from "./data.js";
import { chartOf } from "./figures.js";

export function svgText(key) {
  const { title, foot } = here().figures[key];
  return drawn(chartOf(key), { title, foot, asOf: data.as_of });
}

export function saveSvg(key) {
  save(`${key}-${data.as_of}.svg`, svgText(key), "image/svg+xml");
}

export async function savePng(key) {
  save(`${key}-${data.as_of}.png`, await pngOf(svgText(key)));
}
