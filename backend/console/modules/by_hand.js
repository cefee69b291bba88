// The page for an alarm by hand: type, Enter, Enter. Sending waits for nothing it has not got.

import { against, back, entered, found, moved, START, typing, unsent, whereOf } from "./by_hand_steps.js";
import { byId, element, write } from "./dom.js";
import { say, sayOf } from "./words.js";

/** @typedef {import("console-api").components["schemas"]["PlaceFound"]} Place */
/** @typedef {import("console-api").components["schemas"]["PlacesFound"]} PlacesFound */
/** @typedef {import("console-api").components["schemas"]["Foreseen"]} Foreseen */
/** @typedef {import("console-api").components["schemas"]["Raised"]} Raised */

const TYPED_MS = 60;
const PATIENCE_MS = 8_000;
const EXERCISE = document.body.dataset["kind"] === "exercise";
const ALARMS = `/konsol/data/${EXERCISE ? "oevelser" : "alarmer"}`;

const page = byId("by-hand");
const box = /** @type {HTMLInputElement} */ (byId("box"));
const hits = byId("hits");
const send = /** @type {HTMLFormElement} */ (byId("send"));
const button = /** @type {HTMLButtonElement} */ (byId("send-button"));
const override = /** @type {HTMLSelectElement} */ (byId("override"));
const ticks = /** @type {HTMLInputElement[]} */ ([...send.querySelectorAll("[data-circumstance]")]);

let state = { ...START, typed: box.value };
/** @type {Foreseen | null} */
let foreseen = null;
let search = new AbortController();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let soon;

/** @param {string} address @param {unknown} body @param {AbortSignal} signal */
function call(address, body, signal) {
  return fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Konsol-Ord": document.body.dataset["word"] ?? "" },
    body: JSON.stringify(body),
    signal,
  });
}

/** @param {typeof state} next */
function become(next) {
  const chosen = next.chosen !== null && next.chosen !== state.chosen ? next.chosen : null;
  state = next;
  draw();
  if (chosen !== null) shown(chosen);
}

async function find() {
  search.abort();
  search = new AbortController();
  const text = state.typed;
  if (text.trim() === "") return become({ ...state, foundFor: text, places: [] });
  try {
    const answer = await call("/konsol/data/steder", { typed: text }, AbortSignal.any([search.signal, AbortSignal.timeout(PATIENCE_MS)]));
    if (!answer.ok) return write(byId("says"), await why(answer));
    /** @type {PlacesFound} */
    const told = await answer.json();
    become(found(state, text, told.places, Date.now()));
  } catch (fault) {
    if (!(fault instanceof DOMException && fault.name === "AbortError")) write(byId("says"), say("no_answer"));
  }
}

/** What was chosen, and where it leads: the next Enter sends. @param {Place} place */
function shown(place) {
  write(byId("chosen-text"), place.detail === "" ? place.text : `${place.text}, ${place.detail}`);
  const rough = byId("chosen-rough");
  const exact = place.accuracy_m === null ? say("exact") : say("rough", place.accuracy_m);
  write(rough, [exact, ...understood(place).slice(1)].join(" · "));
  rough.className = place.accuracy_m !== null && place.accuracy_m > 50 ? "problem" : "hint";
  button.focus();
  void foresee(place);
}

/** @param {Place} place */
async function foresee(place) {
  foreseen = null;
  byId("foreseen").replaceChildren(element("p", { class: "hint" }, say("reading")));
  let told = null;
  try {
    const asked = { where: whereOf(place, ""), case_number: caseNumber() };
    const answer = await call(`${ALARMS}/forhaandsvisning`, asked, AbortSignal.timeout(PATIENCE_MS));
    if (answer.ok) told = /** @type {Foreseen} */ (await answer.json());
  } catch {
    // said below: the alarm does not need it
  }
  if (state.chosen !== place) return;
  foreseen = told;
  byId("foreseen").replaceChildren(...(told === null ? [element("p", { class: "hint" }, say("not_read"))] : bands(told)));
  draw();
}

/** @param {Foreseen} told */
function bands(told) {
  const band = told.would_be_asked === null ? say("not_read") : sayOf("bands", told.would_be_asked);
  return [
    element("p", { class: told.would_be_asked === "0" ? "band problem" : "band" }, band),
    ...(told.nearest_within_m === null ? [] : [element("p", {}, say("nearest", told.nearest_within_m))]),
    element("p", {}, say("reach", told.reach_m)),
    ...(told.above.length === 0 ? [] : [element("p", { class: "problem" }, say("second_called"))]),
    ...told.above.map((each) => element("p", {}, sayOf("above", each))),
    ...(told.out_of_hours ? [element("p", { class: "problem" }, say("out_of_hours"))] : []),
  ];
}

function caseNumber() {
  const typed = /** @type {HTMLInputElement} */ (byId("case_number")).value.trim();
  return typed === "" ? (page.dataset["case"] ?? "") : typed;
}

async function sendIt() {
  const place = state.chosen;
  if (place === null) return;
  write(byId("says"), "");
  const body = {
    key: page.dataset["key"],
    where: whereOf(place, /** @type {HTMLInputElement} */ (byId("door_code")).value.trim()),
    case_number: caseNumber(),
    circumstances: ticked(),
    ...(override.value === "" ? {} : { override: override.value }),
  };
  try {
    const answer = await call(ALARMS, body, AbortSignal.timeout(PATIENCE_MS));
    if (answer.ok) return out(/** @type {Raised} */ (await answer.json()));
    write(byId("says"), say("refused", await why(answer)));
  } catch {
    write(byId("says"), say("no_answer")); // the same key: pressing again is the same alarm
  }
  become(unsent(state, Date.now()));
  button.focus();
}

/** @param {Raised} raised */
function out(raised) {
  state = { ...state, step: "sent" };
  const follows = (document.body.dataset["may"] ?? "").split(" ").includes("follow");
  if (follows) location.assign(`/konsol/tavle?valgt=${raised.id}${EXERCISE ? "&slags=oevelse" : ""}`);
  else {
    const said = document.getElementById("sent-says") ?? element("p", { id: "sent-says", class: "said", role: "status" });
    page.prepend(said);
    write(said, `${button.textContent} ✓ ${sayOf("asking", raised.asking)}`);
  }
  draw();
}

function ticked() {
  return ticks.filter((each) => each.checked).map((each) => each.dataset["circumstance"] ?? "");
}

/** @param {Response} answer */
async function why(answer) {
  try {
    return String((await answer.json()).detail ?? answer.status);
  } catch {
    return String(answer.status);
  }
}

function draw() {
  const typingNow = state.step === "typing";
  hits.hidden = !typingNow;
  send.hidden = typingNow;
  button.disabled = state.step === "sending" || state.step === "sent";
  if (state.step === "sending") write(button, say("sending"));
  else if (state.step !== "sent") write(button, button.dataset["word"] ?? "");
  if (typingNow) {
    const current = state.foundFor === state.typed;
    const counted = state.places.length === 0 ? say("nothing_found") : say("places_found", state.places.length);
    write(byId("found-says"), state.typed.trim() === "" || !current ? "" : counted);
    hits.replaceChildren(...state.places.map((place, number) => option(place, number)));
  } else write(byId("found-says"), "");
  box.setAttribute("aria-expanded", String(typingNow && state.places.length > 0));
  box.setAttribute("aria-activedescendant", typingNow && state.places.length > 0 ? `hit-${state.active}` : "");
  const outOfHours = foreseen?.out_of_hours ?? false;
  byId("excluded").hidden = !(against(ticked(), foreseen?.excludes ?? []).length > 0 || outOfHours) || override.value !== "";
}

/** What it is, and how it was read. @param {Place} place */
function understood(place) {
  const how = [sayOf("whats", place.what), place.how === null ? "" : sayOf("hows", place.how), place.swapped ? say("swapped") : ""];
  return how.filter((each) => each !== "");
}

/** @param {Place} place @param {number} number */
function option(place, number) {
  const row = element(
    "li",
    { role: "option", id: `hit-${number}`, "aria-selected": String(number === state.active) },
    element("b", {}, place.text),
    element("span", {}, place.detail),
    element("small", {}, understood(place).join(", ")),
  );
  row.addEventListener("click", () => {
    become({ ...state, active: number, foundFor: state.typed });
    enter(false);
  });
  return row;
}

/** @param {boolean} held */
function enter(held) {
  const { state: next, does } = entered(state, Date.now(), held);
  if (does === "fill") box.value = next.typed;
  become(next);
  if (does === "find" || does === "fill") {
    clearTimeout(soon);
    void find();
  }
  if (does === "fill") box.focus();
  if (does === "send") void sendIt();
}

button.dataset["word"] = button.textContent ?? "";
box.setAttribute("role", "combobox");
box.setAttribute("aria-controls", "hits");
box.setAttribute("aria-autocomplete", "list");
hits.setAttribute("role", "listbox");
hits.setAttribute("aria-label", say("box"));
byId("keys-hint").hidden = false;
byId("find-button").hidden = true;
byId("foreseen").setAttribute("aria-live", "polite");

box.addEventListener("input", () => {
  become(typing(state, box.value));
  clearTimeout(soon);
  soon = setTimeout(() => void find(), TYPED_MS);
});
box.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") become(moved(state, event.key === "ArrowDown" ? 1 : -1));
  else if (event.key === "Enter") enter(event.repeat);
  else return;
  event.preventDefault();
});
byId("find").addEventListener("submit", (event) => event.preventDefault());
button.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.repeat) event.preventDefault();
});
send.addEventListener("submit", (event) => {
  event.preventDefault();
  enter(false);
});
send.addEventListener("change", draw);
for (const where of [document, byId("back")]) {
  where.addEventListener(where === document ? "keydown" : "click", (event) => {
    if (event instanceof KeyboardEvent && event.key !== "Escape") return;
    if (state.step !== "chosen") return;
    event.preventDefault();
    become(back(state));
    box.focus();
  });
}
// Chosen on a map: behind the # of the address, which no server is told.
if (location.hash.length > 1) {
  box.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  state = typing(state, box.value);
}
box.focus();
draw();
if (state.typed !== "") void find();
