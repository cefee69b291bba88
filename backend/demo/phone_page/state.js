// What this phone knows, in one place; every change draws the screen anew.

/** @typedef {import("./places.js").Point} Point */
/**
 * @typedef {object} Alert
 * @property {string} id
 * @property {string} kind
 * @property {string} state
 * @property {string | null} reason
 * @property {number} ring_no
 * @property {string} asked_at
 * @property {string} rings_until
 * @property {number} coarse_distance_m
 * @property {number} revision
 * @property {Mission | null} mission
 */
/**
 * @typedef {object} Mission
 * @property {string} role
 * @property {boolean} left_reach
 * @property {(Point & {accuracy_m: number | null, coarse: boolean, address: string | null, floor: string | null, door: string | null, entrance: string | null, door_code: string | null}) | null} place
 * @property {(Point & {id: string, metres: number, name: string | null, location_text: string | null, floor: string | null, cabinet_code: string | null, open: string, attribution: string | null}) | null} aed
 * @property {{status: string, happened_at: string}[]} statuses
 */

const PLACE_KEPT = "hjerteloeber-demo-place";

export const state = {
  /** @type {Alert[]} */ alerts: [],
  /** @type {Point & {name: string} | null} */ place: JSON.parse(localStorage.getItem(PLACE_KEPT) || "null"),
  /** @type {{ready: boolean, checks: {check: string, ok: boolean, words_da: string, words_en: string}[]} | null} */ readiness: null,
  /** @type {{id: string, channels: {channel: string, outcome: string}[]} | null} */ test: null,
  testRings: false,
  connected: false,
  busy: false,
  /** @type {string | null} */ trouble: null,
  /** @type {string | null} */ news: null,
  /** @type {string | null} */ closed: null, // the alert whose end was read
  /** @type {string | null} */ incident: null, // the one made by the demo's button
  givingUp: false,
  onDuty: true,
};

/** @type {() => void} */
let draw = () => {};

/** @param {() => void} drawer */
export function drawWith(drawer) {
  draw = drawer;
}

/** @param {Partial<typeof state>} change */
export function set(change) {
  Object.assign(state, change);
  if ("place" in change) localStorage.setItem(PLACE_KEPT, JSON.stringify(state.place));
  draw();
}

/** The one alert this phone is about now: ringing, running, or just over and not yet read. */
export function current() {
  const running = state.alerts.find((alert) => alert.state === "ringing" || alert.state === "accepted");
  if (running) return running;
  const last = state.alerts[0];
  return last && last.id !== state.closed && last.id === seen ? last : null;
}

/** @type {string | null} */
let seen = null;

/** Remember that this alert rang on this screen, so that its end is shown here. @param {string} id */
export function noteSeen(id) {
  seen = id;
}

let turn = Promise.resolve();

/** Do something with the server, one thing after another; the screen waits and shows what was refused.
 * @param {() => Promise<void>} action */
export function attempt(action) {
  turn = turn.then(() => doNow(action));
  return turn;
}

/** @param {() => Promise<void>} action */
async function doNow(action) {
  set({ busy: true, trouble: null });
  try {
    await action();
  } catch (problem) {
    set({ trouble: problem instanceof Error ? problem.message : String(problem) });
  } finally {
    set({ busy: false });
  }
}
