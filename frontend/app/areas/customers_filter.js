// The filter bar: the tree lives in the page's state; every change asks the server for the list of the changed tree.
import { make, on, typing } from "../events.js";
import { opened } from "../floating.js";

const JOINS = ["all", "any", "none"];
const list = () => document.querySelector("[data-list]");
let offered = null;
let editing = null; // { path, group } of the condition in the dialog
let editingInto = "";
let enterWaits = false;
let picked = null;
let focusAfter = "";

const tree = () => {
  const told = JSON.parse(list().dataset.told).filter;
  return Object.keys(told).length ? told : { all: [] };
};
const joinOf = (group) => JOINS.find((join) => join in group);
const partsOf = (group) => group[joinOf(group)];
const steps = (path) => (path === "" ? [] : path.split(".").map(Number));

function at(root, path) {
  return steps(path).reduce((group, place) => partsOf(group)[place], root);
}

const parentOf = (path) => path.split(".").slice(0, -1).join(".");
const placeOf = (path) => Number(path.split(".").at(-1));

function cleaned(group) {
  const parts = partsOf(group).map((part) => ("field" in part ? part : cleaned(part))).filter((part) => "field" in part || partsOf(part).length);
  return { [joinOf(group)]: parts };
}

// Show the list of another tree; the state of the page (view, order, columns, search) stays.
export function show(root, keep = false) {
  const state = new FormData(document.getElementById("list-state"));
  const told = keep ? root : cleaned(root);
  state.set("tree", JSON.stringify(partsOf(told).length ? told : { all: [] }));
  const query = new URLSearchParams(state);
  return window.htmx.ajax("GET", `${list().dataset.address}?${query}`, { target: "#listing", swap: "innerHTML" });
}

function remove(path) {
  const root = tree();
  partsOf(at(root, parentOf(path))).splice(placeOf(path), 1);
  focusAfter = `[data-adds="${parentOf(path)}"]`;
  show(root);
}

// Alt+→: the condition becomes a group of its own, met by any of what joins it there.
function grouped(path) {
  const root = tree();
  const parts = partsOf(at(root, parentOf(path)));
  if (steps(path).length > 3) return;
  parts[placeOf(path)] = { any: [parts[placeOf(path)]] };
  focusAfter = `[data-adds="${path}"]`;
  show(root);
}

async function offers() {
  if (!offered) {
    const answer = await fetch(list().dataset.fields, { headers: { "HX-Request": "true" } });
    offered = await answer.json();
  }
  return offered;
}

const dialog = () => document.getElementById("condition");
const part = (name) => dialog().querySelector(`[data-pick-${name}]`);

async function openEditor(path, group) {
  // At once, so that what is typed meanwhile lands in the dialog.
  const find = document.getElementById("condition-find");
  picked = null;
  find.value = "";
  part("field").hidden = false;
  part("op").hidden = part("value").hidden = true;
  delete part("field").dataset.ready;
  opened("condition");
  find.focus();
  const { fields } = await offers();
  editing = { path, group, into: group ? group.of : editingInto };
  const current = path === null ? null : at(tree(), path);
  picked = current ? fields.find((field) => field.key === current.field) : null;
  dialog().querySelector("[data-condition-problem]").hidden = true;
  find_fields(find.value);
  part("field").dataset.ready = "yes";
  if (picked) pick(picked, current);
  else {
    dialog().querySelector("[data-condition-done]").disabled = true;
    if (enterWaits) dialog().querySelector(".option[aria-selected=true]")?.click();
  }
  enterWaits = false;
}

function find_fields(text) {
  const wanted = text.trim().toLowerCase();
  const box = document.getElementById("condition-fields");
  box.replaceChildren();
  let group = "";
  const found = offered.fields.filter((field) => field.find.includes(wanted));
  found.forEach((field, place) => {
    if (field.group !== group) {
      group = field.group;
      box.append(make("div", { class: "g", role: "presentation" }, group));
    }
    box.append(make("div", { class: "option", role: "option", id: `field-${place}`, "data-field": field.key, "aria-selected": String(place === 0) }, field.label));
  });
  if (!found.length) box.append(make("div", { class: "g" }, offered.words.nothing));
  document.getElementById("condition-find").setAttribute("aria-activedescendant", found.length ? "field-0" : "");
}

function move(step) {
  const options = [...dialog().querySelectorAll(".option")];
  if (!options.length) return;
  const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const next = options[(now + step + options.length) % options.length];
  options[now]?.setAttribute("aria-selected", "false");
  next.setAttribute("aria-selected", "true");
  next.scrollIntoView({ block: "nearest" });
  document.getElementById("condition-find").setAttribute("aria-activedescendant", next.id);
}

function pick(field, current = null) {
  picked = field;
  const op = document.getElementById("condition-op");
  op.replaceChildren(...field.ops.map(([key, word]) => make("option", { value: key }, word)));
  if (current) op.value = current.op;
  part("field").hidden = true;
  part("op").hidden = part("value").hidden = false;
  dialog().querySelector("h2").textContent = field.label;
  dialog().querySelector("[data-condition-done]").disabled = false;
  drawValue(current?.value);
  op.focus();
}

const inputType = (kind) => ({ number: "text", money: "text", share: "text", date: "date", moment: "date" })[kind] ?? "text";

function field_of(label, control, name) {
  control.id = name;
  return make("div", { class: "field" }, make("label", { for: name }, label), control);
}

function input(kind, value = "") {
  const made = make("input", { type: inputType(kind), autocomplete: "off" });
  if (["number", "money", "share"].includes(kind)) made.inputMode = "decimal";
  made.value = value;
  return made;
}

function choose(choices, values) {
  const box = make("div", { class: "choices", role: "group", "aria-label": picked.label });
  for (const [key, name] of choices) {
    const tick = make("input", { type: "checkbox", value: key });
    tick.checked = values.includes(key);
    box.append(make("label", { class: "check" }, tick, ` ${name}`));
  }
  return box;
}

function drawValue(value) {
  const box = part("value");
  const { words } = offered;
  const shape = picked.ops.find(([key]) => key === document.getElementById("condition-op").value)[2];
  const values = value === undefined || value === null ? [] : [value].flat().map(String);
  box.replaceChildren();
  box.dataset.shape = shape;
  if (shape === "none") return;
  if (shape === "days") box.append(field_of(words.days, input("number", values[0] ?? "30"), "v-days"));
  else if (shape === "two") box.append(field_of(words.from, input(picked.kind, values[0]), "v-from"), field_of(words.to, input(picked.kind, values[1]), "v-to"));
  else if (shape === "bought") {
    box.append(field_of(words.in_days, input("number", values[0] ?? "365"), "v-days"));
    box.append(picked.choices.length ? choose(picked.choices, values.slice(1)) : field_of(words.value, input("text", values.slice(1).join(", ")), "v-text"));
  } else if (shape === "many" && picked.choices.length) box.append(choose(picked.choices, values));
  else box.append(field_of(words.value, input(picked.kind, values.join(", ")), "v-text"));
}

const split = (text) => text.split(/[,，、]/).map((each) => each.trim()).filter(Boolean);
const ticked = () => [...part("value").querySelectorAll("input[type=checkbox]:checked")].map((tick) => tick.value);
const valueOf = (name) => document.getElementById(name)?.value.trim() ?? "";

function told() {
  const op = document.getElementById("condition-op").value;
  const made = { field: picked.key, op };
  const shape = part("value").dataset.shape;
  const many = part("value").querySelector(".choices") ? ticked() : split(valueOf("v-text"));
  if (shape === "days") made.value = valueOf("v-days");
  else if (shape === "two") made.value = [valueOf("v-from"), valueOf("v-to")];
  else if (shape === "bought") made.value = [valueOf("v-days"), ...many];
  else if (shape === "many") made.value = many;
  else if (shape === "one") made.value = valueOf("v-text");
  return made;
}

function done() {
  const root = tree();
  if (editing.path !== null) partsOf(at(root, parentOf(editing.path)))[placeOf(editing.path)] = told();
  else if (editing.group) partsOf(at(root, editing.group.of)).push({ any: [told()] });
  else partsOf(at(root, editing.into ?? "")).push(told());
  focusAfter = `[data-adds="${editing.into ?? (editing.path !== null ? parentOf(editing.path) : "")}"]`;
  dialog().close();
  show(root);
}

function add(into, asGroup = false) {
  editingInto = into;
  openEditor(null, asGroup ? { of: into } : null);
}

on("click", "[data-adds]", (_event, button) => add(button.dataset.adds));
on("click", "[data-adds-group]", (_event, button) => add(button.dataset.addsGroup, true));
on("click", "[data-edits]", (_event, button) => openEditor(button.dataset.edits, null));
on("click", "[data-removes]", (_event, button) => remove(button.dataset.removes));
on("click", "[data-filter-open]", (_event, button) => {
  const open = button.closest("[data-filter]").classList.toggle("open");
  button.setAttribute("aria-expanded", String(open));
});
on("keydown", "[data-token] button", (event, button) => {
  const { token } = button.closest("[data-token]").dataset;
  if (event.key === "Backspace" || event.key === "Delete") {
    event.preventDefault();
    remove(token);
  } else if (event.altKey && event.key === "ArrowRight") {
    event.preventDefault();
    grouped(token);
  }
});

let joining = "";
on("click", "[data-join-of]", (_event, button) => {
  joining = button.dataset.joinOf;
  const menu = document.getElementById("join-menu");
  menu.trigger = button;
  menu.showPopover();
  const box = button.getBoundingClientRect();
  menu.style.left = `${box.left}px`;
  menu.style.top = `${box.bottom + 6}px`;
  menu.querySelector("button").focus();
});
on("click", "[data-joins]", (_event, button) => {
  document.getElementById("join-menu").hidePopover();
  const root = tree();
  const group = at(root, joining);
  const parts = partsOf(group);
  delete group[joinOf(group)];
  group[button.dataset.joins] = parts;
  focusAfter = `[data-join-of="${joining}"]`;
  show(root);
});

on("input", "#condition-find", (_event, field) => offered && find_fields(field.value));
on("keydown", "#condition-find", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (part("field").dataset.ready) dialog().querySelector(".option[aria-selected=true]")?.click();
    else enterWaits = true; // the fields are still on their way
  }
});
on("click", ".option[data-field]", (_event, option) => pick(offered.fields.find((field) => field.key === option.dataset.field)));
on("change", "#condition-op", () => drawValue());
on("submit", "[data-condition]", (event) => {
  event.preventDefault();
  if (picked) done();
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "listing" || !focusAfter || typing(document.activeElement)) return;
  document.querySelector(focusAfter)?.focus({ preventScroll: true });
  focusAfter = "";
});
document.addEventListener("htmx:responseError", (event) => event.detail.target?.id === "listing" && (focusAfter = ""));
