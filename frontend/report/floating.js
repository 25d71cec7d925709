// One thing that floats at a time: a definition, a menu. Esc or a click beside closes it and focus goes back.
import { make } from "./data.js";

const PHONE = "(max-width: 720px)";
let open = null;

export function float(trigger, content, { role, label, width }) {
  if (open?.trigger === trigger) {
    close();
    return;
  }
  close({ back: false });
  const phone = matchMedia(PHONE).matches;
  const box = make("div", { class: `pop${phone ? " sheet" : ""}`, role, "aria-label": label, tabindex: "-1" }, content);
  const shade = phone ? make("div", { class: "shade" }) : null;
  document.body.append(...[shade, box].filter(Boolean));
  if (!phone) place(box, trigger, width);
  trigger.setAttribute("aria-expanded", "true");
  open = { trigger, box, shade };
  (box.querySelector("[data-first]") ?? box).focus({ preventScroll: true });
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("pointerdown", onPointer, true);
  box.addEventListener("focusout", onLeave);
}

export function close({ back = true } = {}) {
  if (!open) return;
  const { trigger, box, shade } = open;
  open = null;
  document.removeEventListener("keydown", onKey, true);
  document.removeEventListener("pointerdown", onPointer, true);
  box.removeEventListener("focusout", onLeave);
  box.remove();
  shade?.remove();
  trigger.setAttribute("aria-expanded", "false");
  if (back) trigger.focus({ preventScroll: true });
}

// Below the trigger, or above it where there is more room; never beyond the window's sides.
function place(box, trigger, width) {
  box.style.width = `${width}px`;
  const at = trigger.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.right - width, innerWidth - width - 16));
  const below = innerHeight - at.bottom - 16;
  const upward = below < Math.min(box.offsetHeight, 320) && at.top > below;
  box.style.maxHeight = `${Math.max(160, upward ? at.top - 16 : below)}px`;
  box.style.left = `${left + scrollX}px`;
  box.style.top = `${(upward ? at.top - box.offsetHeight - 6 : at.bottom + 6) + scrollY}px`;
}

function onKey(event) {
  if (event.key === "Escape") {
    event.stopPropagation();
    event.preventDefault();
    close();
  } else if (["ArrowDown", "ArrowUp"].includes(event.key) && open?.box.getAttribute("role") === "menu") {
    event.preventDefault();
    const items = [...open.box.querySelectorAll("[role=menuitem]")];
    const step = event.key === "ArrowDown" ? 1 : -1;
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
  }
}

function onPointer(event) {
  if (!open || open.box.contains(event.target) || open.trigger.contains(event.target)) return;
  close({ back: open.shade?.contains(event.target) ?? false });
}

function onLeave(event) {
  if (event.relatedTarget && !open?.box.contains(event.relatedTarget)) close({ back: false });
}
