// The report's data block, and the words of the language on screen.
const root = document.documentElement;

export const data = JSON.parse(document.getElementById("data").textContent);

export function language() {
  return root.dataset.lang;
}

export function here() {
  return data.pages[language()];
}

export function words() {
  return here().words;
}

export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key === "class") made.className = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

export function announce(text) {
  document.getElementById("live").textContent = text;
}
