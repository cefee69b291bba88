// An alarm by hand, step by step: what a key does with what has been typed, found and chosen so far. Pure.

/** @typedef {import("console-api").components["schemas"]["PlaceFound"]} Place */
/**
 * `foundFor`: the text the places belong to. `wanted`: Enter was pressed before they came.
 * @typedef {{step: "typing" | "chosen" | "sending" | "sent", typed: string, foundFor: string, places: readonly Place[],
 *   active: number, wanted: boolean, chosen: Place | null, chosenAt: number}} State
 */
/** @typedef {"nothing" | "find" | "fill" | "chosen" | "send"} Does */

/** So soon after choosing nobody has read what was chosen: the key bounced. */
export const READ_FIRST_MS = 300;

/** @type {State} */
export const START = {
  step: "typing", typed: "", foundFor: "", places: [], active: 0, wanted: false, chosen: null, chosenAt: 0,
};

/** Something else stands in the box. @param {State} state @param {string} text @returns {State} */
export function typing(state, text) {
  return { ...state, step: "typing", typed: text, wanted: false, chosen: null };
}

/** Places came; those of an earlier text say nothing any more. @param {State} state @param {string} text @param {readonly Place[]} places @param {number} now @returns {State} */
export function found(state, text, places, now) {
  if (state.step !== "typing" || text !== state.typed) return state;
  const known = { ...state, foundFor: text, places, active: 0, wanted: false };
  const [first] = places;
  return state.wanted && first !== undefined && !first.goes_on ? choosing(known, first, now) : known;
}

/** Up and down among the places, and no further. @param {State} state @param {number} by @returns {State} */
export function moved(state, by) {
  if (state.step !== "typing" || state.places.length === 0) return state;
  return { ...state, active: Math.min(Math.max(state.active + by, 0), state.places.length - 1) };
}

/** One place was meant. @param {State} state @param {Place} place @param {number} now @returns {State} */
export function choosing(state, place, now) {
  return { ...state, step: "chosen", chosen: place, chosenAt: now, wanted: false };
}

/**
 * Enter. `held`: the key is still down from before.
 * @param {State} state @param {number} now @param {boolean} held @returns {{state: State, does: Does}}
 */
export function entered(state, now, held) {
  if (held || state.step === "sending" || state.step === "sent") return { state, does: "nothing" };
  if (state.step === "chosen") {
    if (now - state.chosenAt < READ_FIRST_MS) return { state, does: "nothing" };
    return { state: { ...state, step: "sending" }, does: "send" };
  }
  if (state.typed.trim() === "") return { state, does: "nothing" };
  if (state.foundFor !== state.typed) return { state: { ...state, wanted: true }, does: "find" };
  const place = state.places[state.active];
  if (place === undefined) return { state, does: "nothing" };
  if (place.goes_on && state.typed !== filled(place)) return { state: typing(state, filled(place)), does: "fill" };
  return { state: choosing(state, place, now), does: "chosen" };
}

/** A street in the box, ready for its house number. @param {Place} place */
export function filled(place) {
  return `${place.text} `;
}

/** No answer, or a refusal: what was chosen stands, and the same is sent again. @param {State} state @param {number} now @returns {State} */
export function unsent(state, now) {
  return state.step === "sending" ? { ...state, step: "chosen", chosenAt: now - READ_FIRST_MS } : state;
}

/** Back to the box, with what was typed. @param {State} state @returns {State} */
export function back(state) {
  return state.step === "chosen" ? { ...state, step: "typing", chosen: null } : state;
}

/**
 * With which of the circumstances ticked nobody would be asked.
 * @param {readonly string[]} ticked @param {readonly string[]} excludes
 */
export function against(ticked, excludes) {
  return ticked.filter((each) => excludes.includes(each));
}

/** What is sent as the place: what the register or the box said, and nothing that was not chosen. @param {Place} place @param {string} doorCode */
export function whereOf(place, doorCode) {
  return {
    lat: place.lat,
    lon: place.lon,
    ...(place.accuracy_m === null ? {} : { accuracy_m: place.accuracy_m }),
    ...addressOf(place),
    ...(doorCode === "" ? {} : { door_code: doorCode }),
  };
}

/** Of a place, what becomes the address; coordinates have none. @param {Place} place @returns {{text?: string, dar_id?: string, floor?: string, door?: string}} */
export function addressOf(place) {
  if (place.what === "coordinates") return {};
  return {
    text: place.detail === "" ? place.text : `${place.text}, ${place.detail}`,
    ...(place.dar_id === null ? {} : { dar_id: place.dar_id }),
    ...(place.floor === null ? {} : { floor: place.floor }),
    ...(place.door === null ? {} : { door: place.door }),
  };
}
