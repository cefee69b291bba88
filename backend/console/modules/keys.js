// What a key means on the board. Pure: never while somebody types, never with a modifier, but for Escape.

/** @typedef {{what: "new" | "search" | "up" | "down" | "acknowledge" | "stand-down" | "map" | "help" | "leave"} | {what: "pick", number: number}} Meaning */

/** @type {Record<string, Meaning>} */
const MEANINGS = {
  n: { what: "new" },
  "/": { what: "search" },
  ArrowUp: { what: "up" },
  ArrowDown: { what: "down" },
  a: { what: "acknowledge" },
  x: { what: "stand-down" },
  m: { what: "map" },
  "?": { what: "help" },
};

/** Elements that take keys themselves. */
const TAKES_KEYS = new Set(["INPUT", "TEXTAREA", "SELECT"]);

/**
 * @param {{key: string, ctrlKey?: boolean, altKey?: boolean, metaKey?: boolean, isComposing?: boolean}} pressed
 * @param {{tagName?: string, isContentEditable?: boolean} | null} where
 * @param {boolean} on whether single keys are switched on
 * @returns {Meaning | null}
 */
export function meaning(pressed, where, on) {
  if (pressed.isComposing) return null;
  if (pressed.key === "Escape") return { what: "leave" };
  if (!on || pressed.ctrlKey || pressed.altKey || pressed.metaKey || typesIn(where)) return null;
  if (/^[1-9]$/.test(pressed.key)) return { what: "pick", number: Number(pressed.key) };
  return MEANINGS[pressed.key.length === 1 ? pressed.key.toLowerCase() : pressed.key] ?? null;
}

/** @param {{tagName?: string, isContentEditable?: boolean} | null} where */
export function typesIn(where) {
  return where !== null && (TAKES_KEYS.has(where.tagName ?? "") || where.isContentEditable === true);
}
