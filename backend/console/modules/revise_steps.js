// A better place for a patient, from the first touch to what is sent: where it is now, where it will be, what that changes. Pure.

import { addressOf, READ_FIRST_MS } from "./by_hand_steps.js";
import { metres, moved } from "./geo.js";

/** @typedef {import("console-api").components["schemas"]["PlaceFound"]} Place */
/** @typedef {{lat: number, lon: number, accuracy_m: number | null}} At */
/**
 * `from`: where the page showed it, of revision `based_on`. `own`: the accuracy was typed and is nobody else's to change.
 * `tried`: what was sent; where it is `to`, nothing else was put since.
 * @typedef {{step: "idle" | "moving" | "sending", from: At, to: At, own: boolean, place: Place | null, foundAt: number, tried: At | null, based_on: number, newest: number}} State
 */

/** What an arrow moves, in metres. */
export const STEP_M = 5;
export const FAR_STEP_M = 50;
/** Less than that is no other place. */
const LEAST_M = 0.5;
const LEAST_PULL_PX = 4;
/** So near is what was rounded on its way. */
const SAME_M = 0.2;
const WINDS = /** @type {const} */ (["n", "ne", "e", "se", "s", "sw", "w", "nw"]);
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] };

const NOWHERE = { lat: 0, lon: 0, accuracy_m: null };
/** @type {State} */
export const IDLE = { step: "idle", from: NOWHERE, to: NOWHERE, own: false, place: null, foundAt: 0, tried: null, based_on: 0, newest: 0 };

/** Begins where it is shown. What has begun goes on. @param {State} state @param {At} at @param {number} revision @returns {State} */
export function begun(state, at, revision) {
  if (state.step !== "idle") return state;
  return { ...IDLE, step: "moving", from: at, to: at, based_on: revision, newest: revision };
}

/** Put by hand: pointed at, or dragged. @param {State} state @param {number} lat @param {number} lon @param {number} within how exactly that was meant @returns {State} */
export function put(state, lat, lon, within) {
  if (state.step !== "moving") return state;
  return { ...state, to: { lat, lon, accuracy_m: state.own ? state.to.accuracy_m : within } };
}

/** Whether a hand pulls: one that only clicks shakes, and moves nobody. @param {{x: number, y: number}} from @param {{x: number, y: number}} to */
export function pulled(from, to) {
  return Math.hypot(to.x - from.x, to.y - from.y) >= LEAST_PULL_PX;
}

/** An arrow: so many metres. Null for another key. @param {State} state @param {string} key @param {boolean} far @param {number} within @returns {State | null} */
export function nudged(state, key, far, within) {
  const way = ARROWS[key];
  if (state.step !== "moving" || way === undefined) return null;
  const by = far ? FAR_STEP_M : STEP_M;
  const [lon, lat] = moved(state.to.lat, state.to.lon, way[0] * by, way[1] * by);
  return put(state, lat, lon, within);
}

/** A place that was found by what was typed; its text becomes the address. @param {State} state @param {Place} place @param {number} now @returns {State} */
export function found(state, place, now) {
  if (state.step !== "moving") return state;
  return { ...state, to: { lat: place.lat, lon: place.lon, accuracy_m: place.accuracy_m }, own: false, place, foundAt: now };
}

/** An accuracy that was typed; an empty field is *unknown*, and what is no number changes nothing. @param {State} state @param {string} typed @returns {State} */
export function measured(state, typed) {
  if (state.step !== "moving") return state;
  const text = typed.trim().replace(",", ".");
  if (text === "") return { ...state, own: true, to: { ...state.to, accuracy_m: null } };
  const number = Number(text);
  if (!(number >= 0 && number <= 1_000_000)) return state;
  return { ...state, own: true, to: { ...state.to, accuracy_m: number } };
}

/** The server has a newer one by now. @param {State} state @param {number} revision @returns {State} */
export function overtaken(state, revision) {
  return state.step === "idle" ? state : { ...state, newest: Math.max(state.newest, revision) };
}

/** What sending would change: how far, where to, and whether anything at all. @param {State} state */
export function change(state) {
  const { from, to } = state;
  const far = metres(from.lat, from.lon, to.lat, to.lon);
  const across = Math.cos((from.lat * Math.PI) / 180);
  const turn = Math.atan2((to.lon - from.lon) * across, to.lat - from.lat);
  const moves = far >= LEAST_M;
  return {
    metres: Math.round(far),
    wind: /** @type {string} */ (WINDS[(Math.round(turn / (Math.PI / 4)) + 8) % 8]),
    moves,
    anything: moves || state.place !== null || from.accuracy_m !== to.accuracy_m,
  };
}

/** Whether it may be sent: something changes, and nobody else was quicker. @param {State} state */
export function maySend(state) {
  return state.step === "moving" && change(state).anything && state.newest === state.based_on;
}

/** Whether Enter sends it: not the one that chose the place, held or bounced. @param {State} state @param {number} now @param {boolean} held */
export function sends(state, now, held) {
  return !held && maySend(state) && now - state.foundAt >= READ_FIRST_MS;
}

/** @param {State} state @returns {State} */
export function sending(state) {
  return { ...state, step: "sending", tried: state.to };
}

/** No answer, or a refusal: what was put stands. @param {State} state @returns {State} */
export function unsent(state) {
  return state.step === "sending" ? { ...state, step: "moving" } : state;
}

/**
 * Whether what was put is what holds by now: it was sent, though no answer came. An address is on no page, so whether that
 * came nobody can tell: whoever sent one looks for themselves.
 * @param {State} state @param {At} at @param {number} revision
 */
export function cameThrough(state, at, revision) {
  const { tried, to, place } = state;
  if (state.step !== "moving" || tried !== to || place !== null || revision <= state.based_on) return false;
  return metres(at.lat, at.lon, to.lat, to.lon) < SAME_M && at.accuracy_m === to.accuracy_m;
}

/** What is sent; a point that stays is sent as it came, digit by digit: rounded it would be another one, and everybody ranked anew. @param {State} state */
export function body(state) {
  const { from, to, place } = state;
  const stays = to.lat === from.lat && to.lon === from.lon;
  return {
    where: {
      lat: stays ? to.lat : rounded(to.lat),
      lon: stays ? to.lon : rounded(to.lon),
      ...(to.accuracy_m === null ? {} : { accuracy_m: to.accuracy_m }),
      ...(place === null ? {} : addressOf(place)),
    },
    based_on: state.based_on,
  };
}

/** The text of an address that becomes the patient's; null where it stays as it is. @param {State} state */
export function newAddress({ place }) {
  return place === null ? null : (addressOf(place).text ?? null);
}

/** To a tenth of a metre. @param {number} degrees */
function rounded(degrees) {
  return Math.round(degrees * 1e6) / 1e6;
}
