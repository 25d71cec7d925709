// The report in the browser: what each control does. Controls are found by their data attributes.
import { startContacts, filterContacts } from "./contacts.js";
import { closeContents, openContents, startContents } from "./contents.js";
import { data, language, words } from "./data.js";
import { showDefinitions } from "./definitions.js";
import { redraw, startFigures, stopFigures } from "./figures.js";
import { close } from "./floating.js";
import { showExports } from "./menus.js";
import { startPrinting } from "./printing.js";
import { recall, remember } from "./store.js";
import { saveTable, showStep, startTables, toggleTable } from "./tables.js";

const root = document.documentElement;
const page = document.getElementById("page");
const kept = new Map();

const CONTROLS = {
  define: showDefinitions,
  twin: toggleTable,
  export: showExports,
  csv: (button) => saveTable(button.dataset.csv),
  show: showStep,
  language: () => switchLanguage(language() === "zh" ? "en" : "zh"),
  themeSwitch: switchTheme,
  print: () => print(),
  contents: openContents,
};

function start() {
  startTables(page);
  startContacts(page);
  startContents(page);
  startFigures(page);
  nameTheme();
}

function switchLanguage(wanted, { keep = true } = {}) {
  if (!data.pages[wanted] || wanted === language()) return;
  close({ back: false });
  closeContents();
  const place = placeOnScreen();
  stopFigures();
  const away = document.createDocumentFragment();
  away.append(...page.childNodes);
  kept.set(language(), away);
  page.append(kept.get(wanted) ?? document.getElementById(`page-${wanted}`).content.cloneNode(true));
  page.dataset.lang = root.dataset.lang = wanted;
  root.lang = wanted === "zh" ? "zh-Hans" : "en";
  document.title = data.pages[wanted].title;
  document.querySelector(".topbar b").textContent = data.pages[wanted].title;
  document.querySelector("[data-contents]").textContent = words().contents;
  document.querySelector(".skip").textContent = words().skip;
  start();
  if (place) scrollBy(0, document.getElementById(place.id).getBoundingClientRect().top - place.top);
  if (keep) {
    remember("language", wanted);
    page.querySelector("[data-language]").focus({ preventScroll: true });
  }
}

function placeOnScreen() {
  const sections = [...page.querySelectorAll("section[id]")];
  const seen = sections.find((section) => section.getBoundingClientRect().bottom > 80);
  return seen && scrollY > 0 ? { id: seen.id, top: seen.getBoundingClientRect().top } : null;
}

function switchTheme() {
  const theme = root.dataset.theme === "dark" ? "light" : "dark";
  remember("theme", theme);
  setTheme(theme);
}

function setTheme(theme) {
  root.dataset.theme = theme;
  nameTheme();
  redraw();
}

function nameTheme() {
  const label = root.dataset.theme === "dark" ? words().light : words().dark;
  page.querySelectorAll("[data-theme-switch]").forEach((button) => (button.textContent = label));
}

document.addEventListener("click", (event) => {
  const door = event.target.closest("a[href^='#contacts:']");
  if (door) {
    event.preventDefault();
    filterContacts(door.hash.split(":")[1]);
    document.getElementById("contacts").scrollIntoView();
    return;
  }
  if (event.target.closest(".toc .links a")) closeContents();
  const button = event.target.closest("button");
  if (!button) return;
  const name = Object.keys(CONTROLS).find((control) => control in button.dataset);
  if (name) CONTROLS[name](button);
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
  if (!recall("theme")) setTheme(event.matches ? "dark" : "light");
});

startPrinting();
start();
if (root.dataset.wanted) switchLanguage(root.dataset.wanted, { keep: false });
