// What of all that needs a person sounds now, and what is taken up next. Pure.

/** @typedef {import("console-api").components["schemas"]["Attention"]} Attention */
/** @typedef {import("./stale.js").Link} Link */
/** @typedef {{id: string, needs: string, incident_id: string | null, detail: Record<string, string>, raised_at: string, sounds: boolean, here: boolean, acknowledged_at: string | null}} Shown */

/** A page that is cut off says so at once; it sounds when that lasts (ours): a restart of the server is no alarm. */
export const CUT_OFF_SOUNDS_AFTER_MS = 15_000;

/** Where reading fails for so long nobody here knows what needs a person, whatever the stream says (ours). */
export const UNREAD_FOR_MS = 15_000;

/** What only this browser knows: it is cut off, or nobody watches at the server. Taken up here, for as long as it lasts. */
export const STREAM_STALE = "stream_stale";
export const NOT_WATCHED = "not_watched";

/**
 * Everything that needs a person, as it is shown, what sounds first and then by age.
 * @param {readonly Attention[]} told by the server
 * @param {readonly Shown[]} own what this browser knows
 * @returns {Shown[]}
 */
export function shown(told, own) {
  const all = [...own, ...told.map((each) => ({ ...each, here: false }))];
  return all.sort((a, b) => Number(b.sounds) - Number(a.sounds) || Date.parse(a.raised_at) - Date.parse(b.raised_at) || (a.id < b.id ? -1 : 1));
}

/**
 * What this browser knows by itself. `staleSince` is null while the stream lives.
 * @param {{staleSince: number | null, watched: boolean, now: number, taken: ReadonlySet<string>, since: number}} state
 * @returns {Shown[]}
 */
export function ownNeeds({ staleSince, watched, now, taken, since }) {
  /** @type {Shown[]} */
  const found = [];
  if (staleSince !== null && now - staleSince >= CUT_OFF_SOUNDS_AFTER_MS) found.push(own(STREAM_STALE, staleSince, taken));
  if (staleSince === null && !watched) found.push(own(NOT_WATCHED, since, taken));
  return found;
}

/**
 * Whether somebody watches at the server, as far as is known here: where that cannot be read, nobody can say so.
 * `failsSince`: when reading first failed; null: the last time it did not. A page that sleeps reads seldom and is no fault.
 * @param {{watched: boolean, failsSince: number | null, now: number}} told
 */
export function isWatched({ watched, failsSince, now }) {
  return watched && (failsSince === null || now - failsSince < UNREAD_FOR_MS);
}

/** @param {string} needs @param {number} since @param {ReadonlySet<string>} taken @returns {Shown} */
function own(needs, since, taken) {
  return {
    id: needs,
    needs,
    incident_id: null,
    detail: {},
    raised_at: new Date(since).toISOString(),
    sounds: !taken.has(needs),
    here: true,
    acknowledged_at: null,
  };
}

/** What is still taken up here: what is over may sound again. @param {ReadonlySet<string>} taken @param {readonly Shown[]} now @returns {Set<string>} */
export function stillTaken(taken, now) {
  return new Set([...taken].filter((id) => now.some((each) => each.id === id)));
}

/**
 * What a tap on *acknowledge* takes up: what sounds at the chosen incident, else what has sounded longest.
 * @param {readonly Shown[]} all @param {string | null} chosen @returns {Shown | null}
 */
export function next(all, chosen) {
  const sounding = all.filter((each) => each.sounds);
  return sounding.find((each) => chosen !== null && each.incident_id === chosen) ?? sounding[0] ?? null;
}

/**
 * Whether the room must be warned that it would hear nothing: a browser lets no page sound before somebody touched it.
 * @param {"running" | "suspended" | "closed" | "interrupted" | "none"} audio @param {boolean} on @returns {"blocked" | "off" | null}
 */
export function unheard(audio, on) {
  if (!on) return "off";
  return audio === "running" ? null : "blocked";
}

/**
 * The tones of one call, in Hz and seconds: live ones rise, exercises are low and even, so that nobody mistakes them.
 * @param {string} kind @returns {readonly {hz: number, from: number, for: number}[]}
 */
export function tones(kind) {
  if (kind === "exercise") return [{ hz: 330, from: 0, for: 0.5 }];
  return [
    { hz: 660, from: 0, for: 0.16 },
    { hz: 880, from: 0.2, for: 0.16 },
    { hz: 1175, from: 0.4, for: 0.26 },
  ];
}
