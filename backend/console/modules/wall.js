// A screen on the wall: nobody sits at it, so it shows by moving that it is no frozen picture.

import { byId } from "./dom.js";
import { List } from "./list.js";
import { goLive } from "./live.js";

const list = new List(() => {});
const store = goLive({ show, tick: () => list.tick([...store.incidents.values()], store.now()) });

function show() {
  list.show(store.sorted(), null, store.now());
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
  pen.lineWidth = 6;
  pen.strokeStyle = style.borderColor;
  pen.beginPath();
  pen.arc(32, 32, 26, 0, 2 * Math.PI);
  pen.stroke();
  pen.strokeStyle = style.color;
  pen.beginPath();
  pen.arc(32, 32, 26, turn, turn + 1.3);
  pen.stroke();
}
requestAnimationFrame(beat);
