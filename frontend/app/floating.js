// Popovers beside what opened them, dialogs, and our own question instead of the browser's.
import { make, on, words } from "./events.js";

const PHONE = "(max-width: 720px)";
let asked = null;

function place(box, trigger) {
  if (matchMedia(PHONE).matches && !box.classList.contains("menu")) return;
  const at = trigger.getBoundingClientRect();
  const width = box.offsetWidth;
  const end = box.dataset.place?.endsWith("end");
  const left = Math.max(8, Math.min(end ? at.right - width : at.left, innerWidth - width - 8));
  const below = innerHeight - at.bottom - 14;
  const upward = below < Math.min(box.offsetHeight, 320) && at.top > below;
  box.style.maxHeight = `${Math.max(160, upward ? at.top - 14 : below)}px`;
  box.style.left = `${left}px`;
  box.style.top = `${upward ? Math.max(8, at.top - box.offsetHeight - 6) : at.bottom + 6}px`;
}

const triggerOf = (box) => box.trigger ?? document.querySelector(`[popovertarget="${CSS.escape(box.id)}"]`);

export function opened(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return dialog;
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("opened", { bubbles: true }));
  return dialog;
}

async function define(trigger) {
  let box = document.getElementById("definition");
  if (!box) {
    box = make("div", { class: "pop", id: "definition", popover: "auto", role: "dialog", tabindex: "-1" });
    document.body.append(box);
    box.addEventListener("toggle", (event) => event.newState === "closed" && box.trigger?.focus({ preventScroll: true }));
  }
  const answer = await fetch(trigger.dataset.define, { headers: { "HX-Request": "true" } });
  box.innerHTML = answer.ok ? await answer.text() : "";
  if (!answer.ok) box.append(make("p", {}, words("failed")));
  box.setAttribute("aria-label", box.querySelector("h3")?.textContent ?? "");
  box.trigger = trigger;
  box.showPopover();
  place(box, trigger);
  box.focus({ preventScroll: true });
}

function ask(question, then) {
  const dialog = document.getElementById("ask");
  document.getElementById("ask-text").textContent = question;
  asked = then;
  dialog.showModal();
  dialog.querySelector("[data-answer=yes]").focus();
}

export function startFloating() {
  document.addEventListener(
    "toggle",
    (event) => {
      const box = event.target;
      if (event.newState === "open" && box.matches?.(".pop[popover]") && triggerOf(box)) place(box, triggerOf(box));
    },
    true,
  );
  addEventListener("resize", () => document.querySelectorAll(".pop:popover-open").forEach((box) => triggerOf(box) && place(box, triggerOf(box))));
  on("click", "[data-opens]", (event, element) => {
    event.preventDefault();
    opened(element.dataset.opens);
  });
  on("click", "[data-closes]", (_event, element) => element.closest("dialog, [popover]")?.[element.closest("dialog") ? "close" : "hidePopover"]());
  on("click", "dialog", (event, dialog) => event.target === dialog && dialog.id !== "ask" && dialog.close());
  on("click", "[data-define]", (_event, element) => define(element));
  on("click", "[data-answer]", (_event, element) => {
    const then = asked;
    asked = null;
    element.closest("dialog").close();
    if (element.dataset.answer === "yes") then?.();
  });
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    ask(event.detail.question, () => event.detail.issueRequest(true));
  });
  // A plain form that changes much asks as well: <form data-confirm="…">.
  on("submit", "form[data-confirm]", (event, form) => {
    if (form.dataset.confirmed) return;
    event.preventDefault();
    const button = event.submitter;
    ask(form.dataset.confirm, () => {
      form.dataset.confirmed = "yes";
      form.requestSubmit(button);
      delete form.dataset.confirmed;
    });
  });
}
