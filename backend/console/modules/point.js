// A point of the map as it would be typed: with as many digits as the eye can mean at that zoom, and no more. Pure.

const METRES_PER_DEGREE = 111_195;
/** Nobody points more exactly than that. */
const POINTED_WITHIN_PX = 8;
const STEPS_M = [5, 10, 20, 50, 100, 200, 500];

/** @param {number} lat @param {number} lon @param {number} zoom */
export function asTyped(lat, lon, zoom) {
  const exact = Math.log10(METRES_PER_DEGREE / (POINTED_WITHIN_PX * metresPerPx(lat, zoom)));
  const digits = Math.min(5, Math.max(1, Math.floor(exact)));
  return `${lat.toFixed(digits)}, ${lon.toFixed(digits)}`;
}

/** How far from a pointed place what was meant may be, in metres that are easily said. @param {number} lat @param {number} zoom */
export function pointedWithin(lat, zoom) {
  const metres = POINTED_WITHIN_PX * metresPerPx(lat, zoom);
  return STEPS_M.find((each) => metres <= each) ?? Math.ceil(metres / 1_000) * 1_000;
}

/** @param {number} lat @param {number} zoom */
function metresPerPx(lat, zoom) {
  return (78_271.5 * Math.cos((lat * Math.PI) / 180)) / 2 ** zoom;
}
