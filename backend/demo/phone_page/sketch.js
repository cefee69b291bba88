// A sketch to scale: me, the AED, the patient, north up. No map tiles, nothing fetched from anywhere.

import { svg } from "./dom.js";
import { inWords, metres, offset } from "./places.js";
import { t } from "./words.js";

/** @typedef {import("./places.js").Point} Point */

const WIDTH = 360;
const HEIGHT = 158;
const MARGIN = 40;

/** @param {Point} me @param {Point} patient @param {Point | null} aed */
export function sketch(me, patient, aed) {
  const points = [me, patient, ...(aed ? [aed] : [])].map((point) => offset(me, point));
  const east = points.map((point) => point.east);
  const north = points.map((point) => point.north);
  const middle = { east: (Math.min(...east) + Math.max(...east)) / 2, north: (Math.min(...north) + Math.max(...north)) / 2 };
  const scale = Math.min(
    (WIDTH - 2 * MARGIN) / Math.max(60, Math.max(...east) - Math.min(...east)),
    (HEIGHT - 2 * MARGIN) / Math.max(60, Math.max(...north) - Math.min(...north)));
  const at = (/** @type {Point} */ point) => {
    const { east: x, north: y } = offset(me, point);
    return { x: WIDTH / 2 + (x - middle.east) * scale, y: HEIGHT / 2 - (y - middle.north) * scale };
  };
  const way = aed ? [me, aed, patient] : [me, patient];
  const tall = Math.max(...north) - Math.min(...north) > (Math.max(...east) - Math.min(...east)) / 2;
  const words = way.slice(1).map((point, leg) => inWords(metres(way[leg] ?? me, point))).join(" + ");
  return svg("svg", { class: "sketch", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${t("you")} → ${aed ? `${t("aed")} → ` : ""}${t("patient")}: ${words}` },
    grid(), svg("polyline", { class: "way", points: way.map((point) => `${at(point).x},${at(point).y}`).join(" ") }),
    mark("me", at(me), "●", t("you"), tall), aed && mark("aed", at(aed), "⚡", t("aed"), tall), mark("patient", at(patient), "♥", t("patient"), tall),
    svg("text", { class: "words", x: 10, y: HEIGHT - 9 }, words));
}

function grid() {
  const lines = [];
  for (let x = 0; x <= WIDTH; x += 30) lines.push(svg("path", { d: `M${x} 0V${HEIGHT}` }));
  for (let y = 5; y <= HEIGHT; y += 30) lines.push(svg("path", { d: `M0 ${y}H${WIDTH}` }));
  return svg("g", { class: "grid" }, lines);
}

/** Labels stand beside their marks where these lie below each other, else above or below; the patient's on its own side.
 * @param {string} kind @param {{x: number, y: number}} at @param {string} sign @param {string} label @param {boolean} tall */
function mark(kind, at, sign, label, tall) {
  const other = kind === "patient";
  const left = at.x > WIDTH * 0.65 || (other && at.x > WIDTH * 0.35);
  const x = tall ? at.x + (left ? -19 : 19) : Math.min(WIDTH - 46, Math.max(46, at.x));
  const y = tall ? at.y + 5 : at.y + (other ? -19 : 27);
  const anchor = tall ? (left ? "end" : "start") : "middle";
  return svg("g", { class: `mark ${kind}` },
    svg("circle", { cx: at.x, cy: at.y, r: 13 }),
    svg("text", { class: "sign", x: at.x, y: at.y + 5, "text-anchor": "middle" }, sign),
    svg("text", { class: "label", x, y, "text-anchor": anchor }, label));
}
