// In which order incidents stand, and what of them changed. Pure.

/** @typedef {import("console-api").components["schemas"]["OnBoard"]} Incident */
/** @typedef {import("console-api").components["schemas"]["Overview"]} Overview */

/** What needs a person first; then the newest. @param {Incident} one @param {Incident} other */
export function before(one, other) {
  const needs = Number(other.needs.length > 0) - Number(one.needs.length > 0);
  if (needs !== 0) return needs;
  if (one.opened_at !== other.opened_at) return one.opened_at < other.opened_at ? 1 : -1;
  return one.id < other.id ? -1 : 1;
}

/**
 * What is known after an answer: of everything, or `only` of some, which have ended where they are missing.
 * @param {ReadonlyMap<string, Incident>} known @param {readonly Incident[]} told @param {readonly string[] | null} only
 * @returns {{known: Map<string, Incident>, changed: Set<string>}}
 */
export function merged(known, told, only) {
  const now = new Map(told.map((each) => /** @type {const} */ ([each.id, each])));
  const next = only === null ? new Map() : new Map(known);
  for (const id of only ?? []) next.delete(id);
  for (const [id, each] of now) next.set(id, each);
  const changed = new Set();
  for (const [id, each] of next) if (known.get(id)?.mark !== each.mark) changed.add(id);
  for (const id of known.keys()) if (!next.has(id)) changed.add(id);
  return { known: next, changed };
}

/** The incident beside the chosen one in the list, `step` away; the first where none is chosen. @param {readonly string[]} ids @param {string | null} chosen @param {number} step */
export function beside(ids, chosen, step) {
  if (ids.length === 0) return null;
  const at = chosen === null ? -1 : ids.indexOf(chosen);
  if (at < 0) return ids[step < 0 ? ids.length - 1 : 0] ?? null;
  return ids[Math.min(ids.length - 1, Math.max(0, at + step))] ?? null;
}
