// Behaviour of the pages of customers.
import "./customers_filter.js";
import "./customers_list.js";
import { on, typing } from "../events.js";

// Keys of a page: an element with data-key="n" is pressed by N.
document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  const element = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!element) return;
  event.preventDefault();
  element.click();
});

// "tomorrow", "in a week": the day by the clock of the business, told by the page's own date field.
on("click", "[data-in-days]", (_event, button) => {
  const day = new Date();
  day.setDate(day.getDate() + Number(button.dataset.inDays));
  const field = button.closest("form").querySelector("[name=next_on]");
  field.value = `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
});

// A number that was revealed needs no button any more.
document.addEventListener("htmx:afterRequest", (event) => {
  const button = event.detail.elt;
  if (button?.hasAttribute?.("data-reveals") && event.detail.successful) button.remove();
});
