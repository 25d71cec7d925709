// The contact list: pages of the embedded rows, filtered by class, and the CSV of what is shown.
import { announce, data, filled, here, make, words } from "./data.js";
import { save } from "../charts/save.js";
import { strip } from "./strip.js";
import { csv } from "../charts/csv.js";

const STATE_STYLE = { slipping: "c-slip", dormant: "c-dorm", lost: "c-lost", due: "c-due", on_rhythm: "c-steady" };
const number = new Intl.NumberFormat("en");
let filter = "";
let start = 0;

export function startContacts(page) {
  const place = page.querySelector("[data-contacts]");
  if (place) render(place);
}

export function filterContacts(letter) {
  filter = letter;
  start = 0;
  const place = document.querySelector("[data-contacts]");
  if (place) render(place);
}

function render(place) {
  const size = Number(place.dataset.size);
  const rows = data.contacts.map((row, index) => ({ row, who: person(row), said: here().contacts[index] }));
  const chosen = rows.filter(({ who }) => !filter || who.abc === filter);
  const shown = chosen.slice(start, start + size);
  const body = make("tbody", {}, ...shown.map(tableRow));
  const head = make("tr", {}, ...headings());
  const table = make("table", { class: "tb people" }, make("thead", {}, head), body);
  const region = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": words().customer }, table);
  place.replaceChildren(filters(rows, place), region, pager(chosen, shown, size, place));
}

function headings() {
  const said = words();
  const heading = (text, right) => make("th", { scope: "col", class: right && "r" }, text);
  const left = [said.customer, said.class, said.state, said.reason, said.rhythm].map((text) => heading(text));
  const stakes = here().stakes.map(([, text]) => text);
  return [...left, ...[...stakes, said.due].map((text) => heading(text, true))];
}

// Who a row is: its CSV columns, and its texts as they are where the CSV had to disarm them.
function person(row) {
  return { ...Object.fromEntries(data.columns.map((name, index) => [name, row.csv[index]])), ...row };
}

function tableRow({ row, who, said }) {
  const [reason, due, ...stakes] = said;
  const named = make("th", { scope: "row", class: "who" }, who.name || who.customer_id);
  if (who.name) named.append(make("span", { class: "cat" }, who.customer_id));
  const letter = make("span", { class: `abc ${who.abc}` }, who.abc);
  const state = make("span", { class: `chip ${STATE_STYLE[who.rhythm] ?? ""}` }, here().states[who.rhythm]);
  return make(
    "tr",
    {},
    named,
    make("td", { class: "letter" }, letter),
    make("td", { class: "state" }, state),
    make("td", { class: "reason mut" }, reason),
    make("td", { class: "course" }, strip(row)),
    ...stakes.map((text, index) => stake(text, ...here().stakes[index])),
    make("td", { class: "r when" }, due),
  );
}

// An amount or a chance at stake; its heading goes along for where the table becomes cards.
function stake(text, kind, heading) {
  return make("td", { class: `r ${kind}`, "data-heading": heading }, text);
}

function filters(rows, place) {
  const letters = ["A", "B", "C"].filter((letter) => rows.some(({ who }) => who.abc === letter));
  if (letters.length < 2) return make("span");
  const choice = (letter) => {
    const held = letter ? rows.filter(({ who }) => who.abc === letter).length : rows.length;
    const text = `${letter || words().all} ${number.format(held)}`;
    const button = make("button", { type: "button", "aria-pressed": String(filter === letter), "data-letter": letter }, text);
    button.addEventListener("click", () => {
      filterContacts(letter);
      place.querySelector(`[data-letter="${letter}"]`)?.focus();
    });
    return button;
  };
  return make("div", { class: "seg", role: "group", "aria-label": words().class }, ...["", ...letters].map(choice));
}

function pager(chosen, shown, size, place) {
  const last = start + shown.length;
  const said = `${number.format(start + 1)}–${number.format(last)} / ${number.format(chosen.length)}`;
  const go = (to, name) => {
    start = to;
    render(place);
    announce(place.querySelector(".pager span").textContent);
    const again = place.querySelector(`[data-go=${name}]`);
    (again?.disabled ? place.querySelector("[data-go]:not([disabled])") : again)?.focus();
  };
  const step = (name, sign, label, to, off) => {
    const button = make("button", { type: "button", class: "btn s", "data-go": name, "aria-label": label, disabled: off }, sign);
    button.addEventListener("click", () => go(to, name));
    return button;
  };
  const load = make("button", { type: "button", class: "btn s" }, filled(words().download, { n: number.format(chosen.length) }));
  load.addEventListener("click", () => {
    const table = [data.columns, ...chosen.map(({ row }) => row.csv)];
    save(`contacts-${data.as_of}.csv`, csv(table), "text/csv;charset=utf-8");
  });
  return make(
    "div",
    { class: "pager" },
    make("span", { class: "dim sm" }, said),
    step("back", "‹", words().previous, Math.max(0, start - size), start === 0),
    step("on", "›", words().next, start + size, last >= chosen.length),
    make("span", { class: "sp" }),
    load,
  );
}
