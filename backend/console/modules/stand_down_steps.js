// Standing everybody down, step by step: which keys it takes, and that one alone never does it. Pure.

import { READ_FIRST_MS } from "./by_hand_steps.js";

/** `reasonAt`: when it was chosen. @typedef {{step: "closed" | "asking" | "sending" | "over", incident: string, name: string, reason: string | null, reasonAt: number}} State */

/** @type {State} */
export const CLOSED = { step: "closed", incident: "", name: "", reason: null, reasonAt: 0 };

/** Asked for, of this incident and no other, whatever becomes of the list. @param {string} incident @param {string} name @returns {State} */
export function asked(incident, name) {
  return { ...CLOSED, step: "asking", incident, name };
}

/** @param {State} state @param {string} reason @param {number} now @returns {State} */
export function chosen(state, reason, now) {
  if (state.step !== "asking" || state.reason === reason) return state;
  return { ...state, reason, reasonAt: now };
}

/** The reason of a digit's key; null for any other key. @param {readonly string[]} reasons @param {string} key */
export function numbered(reasons, key) {
  return /^[1-9]$/.test(key) ? (reasons[Number(key) - 1] ?? null) : null;
}

/** Whether Enter sends. `held`: the key is still down from before. @param {State} state @param {number} now @param {boolean} held */
export function sends(state, now, held) {
  return !held && state.step === "asking" && state.reason !== null && now - state.reasonAt >= READ_FIRST_MS;
}

/** @param {State} state @returns {State} */
export function sending(state) {
  return { ...state, step: "sending" };
}

/** No answer, or a refusal: what was chosen stands. @param {State} state @returns {State} */
export function unsent(state) {
  return state.step === "sending" ? { ...state, step: "asking" } : state;
}

/** What is open by now. One that ended meanwhile is not stood down; nor is another one in its place. @param {State} state @param {boolean} isOpen @returns {State} */
export function seen(state, isOpen) {
  return state.step === "asking" && !isOpen ? { ...state, step: "over" } : state;
}
