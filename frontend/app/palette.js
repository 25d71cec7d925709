// ⌘K and /: find and go, by keyboard alone.
import { on, typing } from "./events.js";
import { opened } from "./floating.js";

const found = () => [...document.querySelectorAll("#palette-found a")];

function choose(link) {
  for (const one of found()) one.setAttribute("aria-selected", String(one === link));
  link?.scrollIntoView({ block: "nearest" });
  const text = document.getElementById("palette-text");
  if (link?.id) text.setAttribute("aria-activedescendant", link.id);
  else text.removeAttribute("aria-activedescendant");
}

export function startPalette() {
  document.addEventListener("keydown", (event) => {
    const command = (event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k";
    const slash = event.key === "/" && !event.metaKey && !event.ctrlKey && !typing(event.target) && !document.querySelector("dialog[open]");
    if (!command && !slash) return;
    if (!document.getElementById("palette")) return;
    event.preventDefault();
    opened("palette");
  });
  document.addEventListener("opened", (event) => {
    if (event.target.id !== "palette") return;
    const text = document.getElementById("palette-text");
    text.focus();
    text.select();
    window.htmx?.trigger(text, "opened");
  });
  on("keydown", "#palette-text", (event) => {
    const links = found();
    const at = links.findIndex((link) => link.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(links[(at + (event.key === "ArrowDown" ? 1 : -1) + links.length) % links.length]);
    } else if (event.key === "Enter" && links.length) {
      event.preventDefault();
      (links[at] ?? links[0]).click();
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => event.detail.target.id === "palette-found" && choose(found()[0]));
}
