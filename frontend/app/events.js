// Delegated events: parts of pages come and go, the listeners stay. And the texts that scripts say.
export function on(type, selector, act) {
  document.addEventListener(type, (event) => {
    const element = event.target instanceof Element ? event.target.closest(selector) : null;
    if (element) act(event, element);
  });
}

let told = null;

// words("undo"): a text in the reader's language, given by the page.
export function words(name) {
  told ??= JSON.parse(document.body.dataset.words || "{}");
  return told[name] ?? name;
}

export const typing = (target) => target instanceof Element && (target.closest("input, textarea, select, [contenteditable]") !== null);

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// A POST with the token of the page, as htmx would send it.
export function post(address, values = {}) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers") || "{}");
  return fetch(address, { method: "POST", headers: { ...headers, "HX-Request": "true" }, body: new URLSearchParams(values), credentials: "same-origin" });
}
