// What a key means on the board, the wall and an incident's page. Pure: never while somebody types, never with a modifier,
// but for Escape.

/** @typedef {"new" | "search" | "up" | "down" | "acknowledge" | "stand-down" | "pick" | "map" | "revise" | "help" | "leave"} What */
/** `number`: which of the list, for `pick`. @typedef {{what: What, number: number}} Meaning */
/** What a page does about keys; one it does not know does nothing there and is not in its help. @typedef {Partial<Record<What, (number: number) => void>>} Does */

/** Each key as it is pressed, what it means, how it is written in the help, and by which word it is said. @type {readonly {keys: readonly string[], what: What, shown: string, word: string}[]} */
const KEYS = [
  { keys: ["n"], what: "new", shown: "N", word: "n" },
  { keys: ["/"], what: "search", shown: "/", word: "/" },
  { keys: ["ArrowUp"], what: "up", shown: "↑", word: "up" },
  { keys: ["ArrowDown"], what: "down", shown: "↓", word: "down" },
  { keys: ["a"], what: "acknowledge", shown: "A", word: "a" },
  { keys: ["x"], what: "stand-down", shown: "X", word: "x" },
  { keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"], what: "pick", shown: "1…9", word: "digit" },
  { keys: ["m"], what: "map", shown: "M", word: "m" },
  { keys: ["r"], what: "revise", shown: "R", word: "r" },
  { keys: ["?"], what: "help", shown: "?", word: "?" },
  { keys: ["Escape"], what: "leave", shown: "Esc", word: "escape" },
];

/** Elements that take keys themselves. */
const TAKES_KEYS = new Set(["INPUT", "TEXTAREA", "SELECT"]);

/**
 * @param {{key: string, ctrlKey?: boolean, altKey?: boolean, metaKey?: boolean, isComposing?: boolean, repeat?: boolean}} pressed
 * @param {{tagName?: string, isContentEditable?: boolean} | null} where
 * @param {boolean} on whether single keys are switched on
 * @returns {Meaning | null}
 */
export function meaning(pressed, where, on) {
  if (pressed.isComposing) return null;
  const key = pressed.key.length === 1 ? pressed.key.toLowerCase() : pressed.key;
  const what = KEYS.find((each) => each.keys.includes(key))?.what;
  if (what === "leave") return { what, number: 0 };
  if (what === undefined || !on || pressed.ctrlKey || pressed.altKey || pressed.metaKey || typesIn(where)) return null;
  if (pressed.repeat && what !== "up" && what !== "down") return null; // a key that is held, or stuck, is one press
  return { what, number: what === "pick" ? Number(key) : 0 };
}

/** The keys that do something on a page, as its help shows them. @param {Does} does */
export function shownKeys(does) {
  return KEYS.filter((each) => does[each.what] !== undefined).map(({ shown, word }) => ({ shown, word }));
}

/** @param {{tagName?: string, isContentEditable?: boolean} | null} where */
export function typesIn(where) {
  return where !== null && (TAKES_KEYS.has(where.tagName ?? "") || where.isContentEditable === true);
}
