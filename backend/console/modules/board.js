// The live board: the list, the map and the chosen incident, one of which leads the others.

import { Details } from "./details.js";
import { byId, element, write } from "./dom.js";
import { meaning } from "./keys.js";
import { List } from "./list.js";
import { addLegend } from "./legend.js";
import { goLive } from "./live.js";
import { BoardMap, canDraw } from "./map.js";
import { beside } from "./order.js";
import { say, sayOf } from "./words.js";

/** @type {string | null} */
let chosen = new URLSearchParams(location.search).get("valgt");
let begun = false;
let keysOn = localStorage.getItem("keys") !== "off";

const list = new List((id) => choose(id, false));
const details = new Details();
const map = canDraw() ? new BoardMap(byId("map"), (id) => choose(id, false)) : null;
if (map === null) {
  write(byId("map-says"), say("no_map"));
  byId("map-says").hidden = false;
}
let drawn = /** @type {string | null} */ (null);
addLegend();

const store = goLive({ show, tick, chosen: () => chosen, pick: (id) => choose(id, false) });

/** @param {import("./store.js").Store} store */
function show(store) {
  const incidents = store.sorted();
  // One that ended gives its place to none: a key meant for it must not reach another.
  if (chosen !== null && !store.incidents.has(chosen)) chosen = null;
  if (!begun) chosen ??= incidents[0]?.id ?? null;
  begun ||= chosen !== null;
  list.show(incidents, chosen, store.now());
  details.show(chosen === null ? null : (store.incidents.get(chosen) ?? null), store.defibrillators, store.now());
  map?.show(incidents, store.defibrillators);
  if (drawn !== chosen) map?.choose(chosen, true);
  drawn = chosen;
}

/** @param {import("./store.js").Store} store */
function tick(store) {
  list.tick([...store.incidents.values()], store.now());
  details.tick(store.now());
}

/** @param {string | null} id @param {boolean} focus */
function choose(id, focus) {
  if (id === null) return;
  chosen = id;
  show(store);
  list.reveal(id, focus);
}

function helpShown() {
  const help = /** @type {HTMLDialogElement} */ (byId("help"));
  if (help.open) help.close();
  else help.showModal();
}

document.addEventListener("keydown", (event) => {
  const where = event.target instanceof HTMLElement ? event.target : null;
  if (event.key.startsWith("Arrow") && where !== null && byId("map").contains(where)) return; // they move the map
  const meant = meaning(event, where, keysOn);
  if (meant === null) return;
  const ids = store.sorted().map((each) => each.id);
  switch (meant.what) {
    case "up":
    case "down":
      choose(beside(ids, chosen, meant.what === "up" ? -1 : 1), true);
      break;
    case "pick":
      choose(ids[meant.number - 1] ?? null, true);
      break;
    case "map":
      if (byId("map").contains(document.activeElement)) list.reveal(chosen ?? "", true);
      else byId("map").querySelector("canvas")?.focus();
      break;
    case "help":
      helpShown();
      break;
    case "leave":
      if (where !== null && where !== document.body) where.blur();
      return; // a dialog closes by itself
    default:
      // What other parts of the board act on: new, search, acknowledge, stand down.
      document.dispatchEvent(new CustomEvent(`board:${meant.what}`, { detail: { chosen } }));
  }
  event.preventDefault();
});

const names = byId("help-keys");
for (const [key, name] of [["n", "N"], ["/", "/"], ["up", "↑"], ["down", "↓"], ["a", "A"], ["x", "X"], ["digit", "1…9"], ["m", "M"], ["?", "?"], ["escape", "Esc"]]) {
  names.append(element("dt", {}, element("kbd", {}, name ?? "")), element("dd", {}, sayOf("keys", key ?? "")));
}
const keysSwitch = byId("keys-switch");
function keysAre() {
  keysSwitch.setAttribute("aria-pressed", String(keysOn));
  write(keysSwitch, say(keysOn ? "keys_off" : "keys_on"));
}
keysSwitch.addEventListener("click", () => {
  keysOn = !keysOn;
  localStorage.setItem("keys", keysOn ? "on" : "off");
  keysAre();
});
keysAre();
byId("help-button").addEventListener("click", helpShown);
byId("help-close").addEventListener("click", helpShown);
