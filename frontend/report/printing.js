// On paper: light theme, every figure drawn at the width it will have there; afterwards all as before.
import { drawAll, fitAll, redraw } from "./figures.js";

const root = document.documentElement;

export function startPrinting() {
  let theme = null;
  addEventListener("beforeprint", () => {
    if (theme !== null) return;
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    root.classList.add("printing");
    if (theme !== "light") redraw();
    drawAll(document.getElementById("page"));
    fitAll();
  });
  addEventListener("afterprint", () => {
    if (theme === null) return;
    root.classList.remove("printing");
    root.dataset.theme = theme;
    theme = null;
    redraw();
  });
}
