// Behaviour of the pages: imports. Files go up with a bar and can be stopped; without scripts the form sends them itself.
import { on } from "../events.js";

const MEGABYTE = 1e6;

function sizeOf(form) {
  return [...form.querySelector("input[type=file]").files].reduce((sum, file) => sum + file.size, 0);
}

function send(form) {
  const box = form.querySelector(".sending");
  const bar = box.querySelector("progress");
  const told = box.querySelector("[data-told]");
  const buttons = form.querySelectorAll("button:not([data-stop])");
  const request = new XMLHttpRequest();
  const begun = Date.now();
  const over = (text) => {
    told.textContent = text;
    bar.removeAttribute("value");
    buttons.forEach((button) => (button.disabled = false));
  };
  box.hidden = false;
  buttons.forEach((button) => (button.disabled = true));
  request.open("POST", form.action || location.href);
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = (100 * loaded) / total;
    const seconds = Math.round(((Date.now() - begun) / loaded) * (total - loaded) / 1000);
    const rest = loaded < total && seconds > 2 ? ` · ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` : "";
    told.textContent = loaded < total ? `${form.dataset.sending} ${(loaded / MEGABYTE).toFixed(1)} / ${(total / MEGABYTE).toFixed(1)} MB${rest}` : form.dataset.checking;
    if (loaded === total) bar.removeAttribute("value");
  });
  request.addEventListener("load", () => {
    const next = request.getResponseHeader("HX-Redirect");
    if (next) {
      location.href = next;
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const note = page.querySelector(".note.wrong");
    form.parentElement.querySelector(".note.wrong")?.remove();
    if (note) form.before(document.importNode(note, true));
    box.hidden = true;
    over(note ? "" : form.dataset.broken);
  });
  request.addEventListener("error", () => over(form.dataset.broken));
  request.addEventListener("abort", () => {
    box.hidden = true;
    over("");
  });
  box.querySelector("[data-stop]").onclick = () => request.abort();
  request.send(new FormData(form));
}

on("submit", "form[data-upload]", (event, form) => {
  event.preventDefault();
  if (sizeOf(form) > Number(form.dataset.limit)) {
    const box = form.querySelector(".sending");
    box.hidden = false;
    box.querySelector("[data-told]").textContent = form.dataset.tooLarge;
    return;
  }
  send(form);
});

for (const type of ["dragover", "dragleave", "drop"]) {
  on(type, ".drop", (event, box) => {
    event.preventDefault();
    box.classList.toggle("over", type === "dragover");
    if (type === "drop") box.querySelector("input[type=file]").files = event.dataTransfer.files;
  });
}

// A page that waits for work shows its result when the work has ended.
document.addEventListener("regulars:job-ended", (event) => {
  const waiting = document.querySelector("[data-reload-after]");
  if (waiting && waiting.dataset.reloadAfter === event.detail.job) location.reload();
});
