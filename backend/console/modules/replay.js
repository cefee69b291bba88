// The replay's slider: the page brought every step, so moving it asks nobody.

import { byId, write } from "./dom.js";
import { heldAt, within } from "./replay_steps.js";

/** @typedef {[number, string]} Course */
/** @typedef {[number, string, string]} Standing */
/** @type {{steps: {at: string, after: string, said: string}[], course: Course[], people: {name: string, standings: Standing[]}[]}} */
const replay = JSON.parse(byId("replay").textContent ?? "");
const slider = /** @type {HTMLInputElement} */ (byId("skridt"));
const rows = /** @type {HTMLTableRowElement[]} */ ([...document.querySelectorAll("#people tr")]);
const links = /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll("#steps a")]);

/** @param {number} step */
function show(step) {
  const now = replay.steps[step - 1];
  if (now === undefined) return;
  slider.setAttribute("aria-valuetext", `${now.at}: ${now.said}`);
  write(byId("at"), now.at);
  write(byId("after"), now.after);
  write(byId("said"), now.said);
  write(byId("course"), heldAt(replay.course, step)?.[1] ?? "");
  replay.people.forEach((person, number) => {
    const row = rows[number];
    if (row === undefined) return;
    const stands = heldAt(person.standings, step);
    row.hidden = stands === null;
    if (row.cells[1] !== undefined) write(row.cells[1], stands?.[1] ?? "");
    if (row.cells[2] !== undefined) write(row.cells[2], stands?.[2] ?? "");
  });
  links.forEach((link, number) => {
    if (number === step - 1) link.setAttribute("aria-current", "step");
    else link.removeAttribute("aria-current");
  });
}

/** @param {number} step */
function go(step) {
  slider.value = String(within(step, replay.steps.length));
  show(Number(slider.value));
}

slider.addEventListener("input", () => show(Number(slider.value)));
slider.addEventListener("change", () => {
  const address = new URL(location.href);
  address.searchParams.set("skridt", slider.value);
  history.replaceState(null, "", address);
});
links.forEach((link, number) => {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(number + 1);
    slider.dispatchEvent(new Event("change"));
  });
});
// What the server says without a script, the slider says by itself.
byId("go").hidden = true;
for (const each of document.querySelectorAll("#slider .beside")) /** @type {HTMLElement} */ (each).hidden = true;
