// The export menu of a figure.
import { make, words } from "./data.js";
import { close, float } from "./floating.js";
import { savePng, saveSvg } from "./pictures.js";
import { saveTable } from "./tables.js";

export function showExports(trigger) {
  const key = trigger.dataset.export;
  const card = trigger.closest("[data-card]");
  const items = [];
  if (card.querySelector("[data-chart]")?.hidden === false) {
    items.push(item(words().svg, () => saveSvg(key)), item(words().png, () => savePng(key)));
  }
  items.push(item(words().csv, () => saveTable(key)));
  items[0].setAttribute("data-first", "");
  float(trigger, make("div", { class: "menu" }, ...items), { role: "menu", label: words().export, width: 180 });
}

function item(label, act) {
  const button = make("button", { type: "button", role: "menuitem" }, label);
  button.addEventListener("click", () => {
    close();
    act();
  });
  return button;
}
