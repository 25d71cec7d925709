// The words shown on hover: a title, a sentence, rows of label, value and interval. Text nodes only.

export function tipElement(tip) {
  const box = element("div", "tip");
  box.append(element("b", "", tip.t));
  if (tip.s) box.append(element("p", "", tip.s));
  if (tip.r) {
    const list = element("dl");
    for (const [label, value, between] of tip.r) {
      const said = element("dd");
      said.append(element("b", "", value));
      if (between) said.append(element("span", "", between));
      list.append(element("dt", "", label), said);
    }
    box.append(list);
  }
  return box;
}

function element(name, style = "", text = "") {
  const made = document.createElement(name);
  if (style) made.className = style;
  if (text) made.textContent = text;
  return made;
}
