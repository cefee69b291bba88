// How things stood at a step. Pure: a list of [since, …] in the order of steps, and a step.

/** The last that holds at `step`; null before the first. @template {[number, ...string[]]} Held @param {readonly Held[]} held @param {number} step @returns {Held | null} */
export function heldAt(held, step) {
  let low = 0;
  let high = held.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((held[middle]?.[0] ?? Infinity) <= step) low = middle + 1;
    else high = middle;
  }
  return held[low - 1] ?? null;
}

/** A step that there is. @param {number} step @param {number} steps */
export function within(step, steps) {
  return Number.isInteger(step) ? Math.min(Math.max(1, step), steps) : 1;
}
