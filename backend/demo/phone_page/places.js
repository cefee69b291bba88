// Where this phone can say it is, when the browser's own position is not wanted.

/** @typedef {{lat: number, lon: number}} Point */

/** @type {{name: string, lat: number, lon: number}[]} */
export const TOWNS = [
  { name: "Odense", lat: 55.3959, lon: 10.3883 },
  { name: "Aarhus", lat: 56.1567, lon: 10.2108 },
  { name: "København", lat: 55.6759, lon: 12.5655 },
  { name: "Aalborg", lat: 57.048, lon: 9.9187 },
  { name: "Esbjerg", lat: 55.4703, lon: 8.4519 },
  { name: "Roskilde", lat: 55.6415, lon: 12.0803 },
  { name: "Viborg", lat: 56.4532, lon: 9.402 },
  { name: "Rønne", lat: 55.1009, lon: 14.7067 },
];

const EARTH_M = 6371008.8;
const radians = (/** @type {number} */ degrees) => (degrees * Math.PI) / 180;

/** East and north of `from`, in metres; the distances here are small enough for a flat map. @param {Point} from @param {Point} to */
export function offset(from, to) {
  return {
    east: radians(to.lon - from.lon) * Math.cos(radians(from.lat)) * EARTH_M,
    north: radians(to.lat - from.lat) * EARTH_M,
  };
}

/** @param {Point} from @param {Point} to */
export function metres(from, to) {
  const { east, north } = offset(from, to);
  return Math.hypot(east, north);
}

/** @param {number} m */
export function inWords(m) {
  return m < 950 ? `${Math.max(10, Math.round(m / 10) * 10)} m` : `${(m / 1000).toFixed(1).replace(".", ",")} km`;
}
