// A screen on the wall: nobody sits at it, so it shows by moving that it is no frozen picture.

import { byId } from "./dom.js";
import { List } from "./list.js";
import { goLive } from "./live.js";
import { BoardMap, canDraw } from "./map.js";

const list = new List(null);
const map = canDraw() ? new BoardMap(byId("map"), () => {}) : null;
let places = "";
goLive({ show, tick: (store) => list.tick([...store.incidents.values()], store.now()) });

/** @param {import("./store.js").Store} store */
function show(store) {
  const incidents = store.sorted();
  list.show(incidents, null, store.now());
  document.body.classList.toggle("many", incidents.length > 8);
  map?.show(incidents, store.defibrillators);
  // Whenever another patient is about, all of them are in the picture.
  const now = incidents.map((each) => each.id).sort().join();
  if (now !== places) map?.showAll();
  places = now;
}

/** A hand goes round once in two seconds, drawn by the page itself: it stands still when the page does. */
const pulse = byId("pulse");
const pen = pulse instanceof HTMLCanvasElement ? pulse.getContext("2d") : null;
const slowly = matchMedia("(prefers-reduced-motion: reduce)");
let drawn = 0;

/** @param {number} at */
function beat(at) {
  requestAnimationFrame(beat);
  if (pen === null || at - drawn < (slowly.matches ? 1_000 : 66)) return;
  drawn = at;
  const style = getComputedStyle(pulse);
  const turn = ((at % 2_000) / 2_000) * 2 * Math.PI;
  pen.clearRect(0, 0, 64, 64);
  pen.lineWidth = 3; // where a reader's own colours make both the same, the hand is the thick of it
  pen.strokeStyle = style.borderColor;
  pen.beginPath();
  pen.arc(32, 32, 26, 0, 2 * Math.PI);
  pen.stroke();
  pen.lineWidth = 9;
  pen.strokeStyle = style.color;
  pen.beginPath();
  pen.arc(32, 32, 26, turn, turn + 1.3);
  pen.stroke();
}
requestAnimationFrame(beat);
