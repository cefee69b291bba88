// The keys of a page that is looked at: what they do there, the help that says so, and the switch. The same on each.

import { byId, element, write } from "./dom.js";
import { meaning, shownKeys } from "./keys.js";
import { say, sayOf } from "./words.js";

/** @typedef {import("./keys.js").Does} Does */

const MAY = (document.body.dataset["may"] ?? "").split(" ");
const EXERCISE = document.body.dataset["kind"] === "exercise";
/** A dialog, and a place that is being moved: a stray key must not lead away from either. */
const HAVE_KEYS_OF_THEIR_OWN = "dialog[open], #draft:not([hidden])";
let on = localStorage.getItem("keys") !== "off";

/** What every page does alike: an alarm by hand, what needs a person, the map and back (where there is one: the place of what is over is gone), the help. @param {() => void} back where the focus goes from the map @returns {Does} */
export function common(back) {
  /** @type {Does} */
  const does = {
    help: helpShown,
    leave: () => {
      if (document.activeElement instanceof HTMLElement && document.activeElement !== document.body) document.activeElement.blur();
    },
  };
  const pane = document.getElementById("map");
  if (pane !== null) {
    does.map = () => {
      if (pane.contains(document.activeElement)) back();
      else pane.querySelector("canvas")?.focus();
    };
  }
  if (MAY.includes("act")) does.acknowledge = () => void document.dispatchEvent(new CustomEvent("board:acknowledge"));
  if (MAY.includes(EXERCISE ? "exercise" : "trigger")) {
    does.new = () => void document.dispatchEvent(new CustomEvent("board:new"));
    does.search = () => void document.dispatchEvent(new CustomEvent("board:search"));
  }
  return does;
}

/** Listens from here on. @param {Does} does */
export function listen(does) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector(HAVE_KEYS_OF_THEIR_OWN) !== null) return;
    const where = event.target instanceof HTMLElement ? event.target : null;
    if (event.key.startsWith("Arrow") && where !== null && where.closest("#map") !== null) return; // they move the map
    const meant = meaning(event, where, on);
    const doing = meant === null ? undefined : does[meant.what];
    if (meant === null || doing === undefined) return;
    doing(meant.number);
    if (meant.what !== "leave") event.preventDefault();
  });
  byId("help-keys").replaceChildren(
    ...shownKeys(does).flatMap(({ shown, word }) => [element("dt", {}, element("kbd", {}, shown)), element("dd", {}, sayOf("keys", word))]),
  );
  byId("keys-switch").addEventListener("click", () => {
    on = !on;
    localStorage.setItem("keys", on ? "on" : "off");
    switchShown();
  });
  switchShown();
  byId("help-button").addEventListener("click", helpShown);
  byId("help-close").addEventListener("click", helpShown);
  byId("help").addEventListener("keydown", (event) => {
    if (event.key !== "?") return;
    helpShown();
    event.preventDefault();
  });
}

function helpShown() {
  const help = /** @type {HTMLDialogElement} */ (byId("help"));
  if (help.open) help.close();
  else help.showModal();
}

function switchShown() {
  const toggle = byId("keys-switch");
  toggle.setAttribute("aria-pressed", String(on));
  write(toggle, say(on ? "keys_off" : "keys_on"));
}
