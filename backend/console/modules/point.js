// A point of the map as it would be typed: with as many digits as the eye can mean at that zoom, and no more. Pure.

const METRES_PER_DEGREE = 111_195;
/** Nobody points more exactly than that. */
const POINTED_WITHIN_PX = 8;

/** @param {number} lat @param {number} lon @param {number} zoom */
export function asTyped(lat, lon, zoom) {
  const metresPerPx = (78_271.5 * Math.cos((lat * Math.PI) / 180)) / 2 ** zoom;
  const exact = Math.log10(METRES_PER_DEGREE / (POINTED_WITHIN_PX * metresPerPx));
  const digits = Math.min(5, Math.max(1, Math.floor(exact)));
  return `${lat.toFixed(digits)}, ${lon.toFixed(digits)}`;
}
