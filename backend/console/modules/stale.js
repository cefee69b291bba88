// When what is shown is old. Pure.

/** The server says something every two seconds; after so long it has missed two, and somebody must know. */
export const STALE_AFTER_MS = 4_500;

/** @typedef {"live" | "connecting" | "stale"} Link */

/**
 * How the connection stands: `lastHeard` is when anything came by it, or when the page began to wait for the first word.
 * @param {number} lastHeard @param {boolean} everHeard @param {number} now @returns {Link}
 */
export function link(lastHeard, everHeard, now) {
  if (now - lastHeard >= STALE_AFTER_MS) return "stale";
  return everHeard ? "live" : "connecting";
}
