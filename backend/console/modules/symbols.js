// The board's own signs: each state has a shape of its own, so that no colour has to tell. Pure: paths in a box of 24.

/** @typedef {"asked" | "shown" | "accepted" | "en_route" | "on_scene" | "with_patient" | "over" | "patient" | "aed" | "aed_closed" | "aed_reserved" | "aed_unknown" | "needs"} Sign */

/** @type {Record<Sign, string>} */
export const PATHS = {
  // a ring: somebody was asked; with a dot: they have seen it
  asked: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16Zm0 3a5 5 0 1 0 0 10 5 5 0 0 0 0-10Z",
  shown: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16Zm0 3a5 5 0 1 0 0 10 5 5 0 0 0 0-10Zm0 2.6a2.4 2.4 0 1 1 0 4.8 2.4 2.4 0 0 1 0-4.8Z",
  // a tick in a square: said yes
  accepted: "M4 4h16v16H4ZM17.6 8.8l-1.5-1.5-5.5 5.6-2.7-2.7-1.5 1.5 4.2 4.2Z",
  // an arrow: on the way
  en_route: "M12 2.5 21 21l-9-4.6L3 21Z",
  // a diamond: there; a filled diamond with a cross: with the patient
  on_scene: "M12 1.8 22.2 12 12 22.2 1.8 12ZM12 6.4 6.4 12l5.6 5.6 5.6-5.6Z",
  with_patient: "M12 1.8 22.2 12 12 22.2 1.8 12ZM10.6 7.8v2.8H7.8v2.8h2.8v2.8h2.8v-2.8h2.8v-2.8h-2.8V7.8Z",
  // a stroke: not taking part
  over: "M4 10.4h16v3.2H4Z",
  patient: "M12 21.4 2.9 12.2A5.9 5.9 0 0 1 11.3 4l.7.7.7-.7a5.9 5.9 0 0 1 8.4 8.2Z",
  // a heart with a bolt cut out of it is what defibrillators' signs show; this one is our own: a box with a bolt
  aed: "M3 5h18v15H3ZM8 2h8v2H8Zm5.4 5.2-5.6 6.6h3.4l-1.4 4.4 6.2-7.2h-3.6Z",
  // closed: struck through; fetched: framed; unknown: an outline
  aed_closed: "M3 5h18v15H3ZM5 7v11h14V7ZM8 2h8v2H8ZM6.4 17.6 16.9 7.1l1.5 1.5L7.9 19Z",
  aed_reserved: "M1 1h22v22H1ZM3 3v18h18V3ZM5 7h14v12H5Zm8 1.4-4.6 5.4h2.8l-1.2 3.6 5-5.8h-2.8Z",
  aed_unknown: "M3 5h18v15H3ZM5.4 7.4v10.2h13.2V7.4ZM8 2h8v2H8Zm5.4 6.2-5.2 5.9h3.3l-1 3.2 5-5.8h-3.3Z",
  needs: "M12 2 23 21.5H1ZM10.9 9v6h2.2V9Zm0 7.4v2.2h2.2v-2.2Z",
};

/** A sign nobody knows yet (a newer server) is drawn as somebody not taking part. @param {string} sign */
export function signPath(sign) {
  return PATHS[/** @type {Sign} */ (sign)] ?? PATHS.over;
}
