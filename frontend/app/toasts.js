// Short messages after something was done; with a way back they stay as long as it is open to view, else some seconds.
import { make, post, words } from "./events.js";

const SHOWN = 6000;
const SHOWN_WITH_UNDO = 30000;

export function say({ text, undo, until, wrong }) {
  const box = document.getElementById("toasts");
  if (!box) return;
  const toast = make("div", { class: wrong ? "toast wrong" : "toast" }, make("span", {}, text));
  let ticking = 0;
  const leave = () => {
    clearInterval(ticking);
    toast.remove();
  };
  if (undo) {
    const button = make("button", { type: "button", class: "undo" }, words("undo"));
    const left = make("span", { class: "left", "aria-hidden": "true" });
    button.addEventListener("click", async () => {
      button.disabled = true;
      const answer = await post(undo);
      leave();
      const events = answer.headers.get("HX-Trigger");
      if (events) (JSON.parse(events)["regulars:toast"]?.toasts ?? []).forEach(say);
      else if (!answer.ok) say({ text: words("not_undone"), wrong: true });
      if (answer.ok) document.body.dispatchEvent(new CustomEvent("regulars:undone", { detail: { undo } }));
      if (answer.headers.get("HX-Redirect")) location.href = answer.headers.get("HX-Redirect");
      else if (answer.headers.get("HX-Refresh")) location.reload();
    });
    const tick = () => {
      const seconds = Math.max(0, until - Math.floor(Date.now() / 1000));
      left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (!seconds) leave();
    };
    tick();
    ticking = setInterval(tick, 1000);
    toast.append(button, left);
  }
  const close = make("button", { type: "button", class: "x", "aria-label": words("close") }, "×");
  close.addEventListener("click", leave);
  toast.append(close);
  box.append(toast);
  setTimeout(leave, undo ? SHOWN_WITH_UNDO : SHOWN);
}

export function startToasts() {
  const box = document.getElementById("toasts");
  JSON.parse(box?.dataset.toasts || "[]").forEach(say);
  document.addEventListener("regulars:toast", (event) => event.detail.toasts.forEach(say));
  document.addEventListener("htmx:sendError", () => say({ text: words("offline"), wrong: true }));
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (status === 401 || status === 403) say({ text: words("not_allowed"), wrong: true });
    else if (status === 404) say({ text: words("not_there"), wrong: true });
    else say({ text: words("failed"), wrong: true });
  });
}
