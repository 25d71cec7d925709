// Runs before the first paint: the theme and the language this reader chose before, or what the system says.
import { recall } from "./store.js";

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
root.dataset.theme = recall("theme") || (dark ? "dark" : "light");
const language = recall("language");
if (language && language !== root.dataset.lang) root.dataset.wanted = language;
