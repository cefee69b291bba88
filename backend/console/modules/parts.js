// Which parts of a page are different from those that were just made. Pure.

/**
 * By id: what is there no more, what is new, and what is there with another key.
 * @param {ReadonlyMap<string, string>} there @param {ReadonlyMap<string, string>} made
 * @returns {{gone: string[], come: string[], changed: string[]}}
 */
export function different(there, made) {
  return {
    gone: [...there.keys()].filter((id) => !made.has(id)),
    come: [...made.keys()].filter((id) => !there.has(id)),
    changed: [...made].filter(([id, key]) => there.has(id) && there.get(id) !== key).map(([id]) => id),
  };
}
