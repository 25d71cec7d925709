// The definition popover: name in both languages, sentence, formula, this page's numbers, parameters.
import { data, here, make, words } from "./data.js";
import { close, float } from "./floating.js";

const WIDTH = 348;

export function showDefinitions(trigger) {
  const entries = here().definitions[trigger.dataset.define];
  const button = make("button", { type: "button", class: "x", "aria-label": words().close, "data-first": true }, "×");
  button.addEventListener("click", () => close());
  const content = make("div", {}, button, ...entries.map(definition));
  float(trigger, content, { role: "dialog", label: words().definition, width: WIDTH });
}

function definition(entry) {
  const box = make("section", { class: "def" });
  const title = make("h4", {}, entry.name);
  if (entry.other && entry.other !== entry.name) title.append(" ", make("span", { class: "dim sm" }, entry.other));
  box.append(title);
  if (entry.sentence) box.append(make("p", { class: "mut" }, entry.sentence));
  if (entry.formula) box.append(make("p", { class: "fx" }, entry.formula));
  const list = make("dl");
  for (const [label, value] of entry.here) list.append(make("dt", {}, label), make("dd", {}, value));
  if (entry.rules.length) {
    const values = entry.rules.map(([label, value]) => make("span", { class: "rule" }, `${label}: `, make("b", {}, value)));
    list.append(make("dt", {}, words().parameters), make("dd", {}, ...values));
  }
  list.append(make("dt", {}, words().as_of), make("dd", {}, data.as_of));
  if (entry.source) list.append(make("dt", {}, words().source), make("dd", {}, entry.source));
  box.append(list, make("p", { class: "explain" }, `regulars explain ${entry.key}`));
  return box;
}
