// The mini strip: purchase days of the last 365 days, height ∝ √amount; amber = when due; ink line = the as-of day.
import { filled, words } from "./data.js";

const WIDTH = 132;
const HEIGHT = 20;
const PAST = 365;
const AHEAD = 40;
const SPACE = "http://www.w3.org/2000/svg";

export function strip({ days, sizes, due }) {
  const x = (ago) => ((PAST - Math.max(-AHEAD, Math.min(PAST, ago))) / (PAST + AHEAD)) * WIDTH;
  const label = filled(words().strip, { n: days.length });
  const picture = part("svg", { width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "strip" });
  picture.setAttribute("aria-label", label);
  if (due && due[1] <= PAST) {
    const from = x(due[0]);
    picture.append(part("rect", { class: "due", x: from, y: 1, width: Math.max(3, x(due[1]) - from), height: 18, rx: 1 }));
  }
  days.forEach((ago, index) => {
    const size = sizes[index];
    picture.append(part("rect", { class: "bought", x: x(ago) - 1, y: 18 - size, width: 2, height: size }));
  });
  picture.append(part("line", { class: "now", x1: x(0), x2: x(0), y1: 0, y2: HEIGHT }));
  return picture;
}

function part(name, attributes) {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, typeof value === "number" ? String(Math.round(value * 10) / 10) : value);
  }
  return made;
}
