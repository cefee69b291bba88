// When what is shown is old. Pure.

/** The server says something every two seconds; after so long it has missed two, and somebody must know. */
export const STALE_AFTER_MS = 4_500;

/** Everything is read anew every ten seconds, and an answer waited for four: after this, one did not come. */
export const UNREAD_AFTER_MS = 16_000;

/** @typedef {"live" | "connecting" | "stale"} Link */

/**
 * How the connection stands: `lastHeard` is when anything came by it, or when the page began to wait for the first word.
 * @param {number} lastHeard @param {boolean} everHeard @param {number} now @returns {Link}
 */
export function link(lastHeard, everHeard, now) {
  if (now - lastHeard >= STALE_AFTER_MS) return "stale";
  return everHeard ? "live" : "connecting";
}

/**
 * Since when what is shown is old although the connection lives; null: it is not. A stream beats also where no answer can
 * be read: it asks no table.
 * @param {number} readAt when everything was read last @param {number} now @returns {number | null}
 */
export function unread(readAt, now) {
  return now - readAt >= UNREAD_AFTER_MS ? readAt : null;
}
