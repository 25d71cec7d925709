// The contents: marks the chapter on screen; on phones they come as a sheet from below.
import { make } from "./data.js";

let spy = null;
let shade = null;
let opener = null;

export function startContents(page) {
  spy?.disconnect();
  const links = new Map([...page.querySelectorAll(".toc .links a")].map((link) => [link.hash.slice(1), link]));
  const visible = new Set();
  spy = new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting } of seen) isIntersecting ? visible.add(target.id) : visible.delete(target.id);
      const current = [...links.keys()].find((id) => visible.has(id));
      if (!current) return;
      links.forEach((link, id) => (id === current ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
    },
    { rootMargin: "-10% 0px -60% 0px" },
  );
  links.forEach((_, id) => {
    const section = page.querySelector(`#${id}`);
    if (section) spy.observe(section);
  });
}

export function openContents(trigger) {
  const contents = document.querySelector(".toc");
  opener = trigger;
  shade = make("div", { class: "shade" });
  shade.addEventListener("click", closeContents);
  document.body.append(shade);
  contents.classList.add("open");
  contents.querySelector("a").focus();
  document.addEventListener("keydown", onKey);
}

export function closeContents() {
  if (!shade) return;
  document.querySelector(".toc")?.classList.remove("open");
  shade.remove();
  shade = null;
  document.removeEventListener("keydown", onKey);
  opener?.focus();
}

function onKey(event) {
  if (event.key === "Escape") closeContents();
}
