// The live board: the list, the map and the chosen incident, one of which leads the others.

import { Details } from "./details.js";
import { byId, write } from "./dom.js";
import { common, listen } from "./keyboard.js";
import { List } from "./list.js";
import { addLegend } from "./legend.js";
import { goLive } from "./live.js";
import { BoardMap, canDraw } from "./map.js";
import { beside } from "./order.js";
import { asTyped } from "./point.js";
import { StandDown } from "./stand_down.js";
import { say } from "./words.js";

/** @type {string | null} */
let chosen = new URLSearchParams(location.search).get("valgt");
let begun = false;

const list = new List((id) => choose(id, false));
const details = new Details();
const map = canDraw() ? new BoardMap(byId("map"), (id) => choose(id, false), pointed) : null;
const standDown = document.getElementById("stand-down") === null ? null : new StandDown();
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
  standDown?.seen((id) => store.incidents.has(id));
}

/** A place that is pointed at with the other button: an alarm by hand there. @param {number} lat @param {number} lon @param {number} zoom */
function pointed(lat, lon, zoom) {
  document.dispatchEvent(new CustomEvent("board:point", { detail: { point: asTyped(lat, lon, zoom) } }));
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

listen({
  ...common(() => list.reveal(chosen ?? "", true)),
  up: () => move(-1),
  down: () => move(1),
  pick: (number) => choose(store.sorted()[number - 1]?.id ?? null, true),
  ...(standDown === null ? {} : { "stand-down": () => askToStandDown() }),
});

/** @param {-1 | 1} by */
function move(by) {
  choose(beside(store.sorted().map((each) => each.id), chosen, by), true);
}

function askToStandDown() {
  const incident = chosen === null ? undefined : store.incidents.get(chosen);
  if (incident !== undefined) standDown?.ask(incident.id, [say("case", incident.case_number), incident.where ?? ""].filter(Boolean).join(" · "));
}
