// Places on the ground. Pure: degrees and metres, good to a thousandth within some kilometres.

const METRES_PER_DEGREE = 111_195;

/** @typedef {[number, number]} LonLat */

/** A point so many metres east and north of another. @param {number} lat @param {number} lon @param {number} east @param {number} north @returns {LonLat} */
export function moved(lat, lon, east, north) {
  return [lon + east / (METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180)), lat + north / METRES_PER_DEGREE];
}

/** Metres between two points. @param {number} lat @param {number} lon @param {number} otherLat @param {number} otherLon */
export function metres(lat, lon, otherLat, otherLon) {
  const across = Math.cos((((lat + otherLat) / 2) * Math.PI) / 180);
  return Math.hypot(otherLat - lat, (otherLon - lon) * across) * METRES_PER_DEGREE;
}

/** A circle as a ring that is closed. @param {number} lat @param {number} lon @param {number} radius @param {number} [corners] @returns {LonLat[]} */
export function circle(lat, lon, radius, corners = 48) {
  const ring = [];
  for (let corner = 0; corner <= corners; corner++) {
    const turn = ((corner % corners) / corners) * 2 * Math.PI;
    ring.push(moved(lat, lon, Math.sin(turn) * radius, Math.cos(turn) * radius));
  }
  return ring;
}

/**
 * Where the `number`-th of some stands who are all somewhere about a point: beside each other, never on top.
 * @param {number} lat @param {number} lon @param {number} radius @param {number} number @param {number} of @returns {LonLat}
 */
export function spread(lat, lon, radius, number, of) {
  const far = of === 1 ? 0 : radius * Math.sqrt((number + 0.5) / of);
  const turn = number * 2.399963; // the golden angle: no two in one line
  return moved(lat, lon, Math.sin(turn) * far, Math.cos(turn) * far);
}
