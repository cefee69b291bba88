import assert from "node:assert/strict";
import { test } from "node:test";
import { CUT_OFF_SOUNDS_AFTER_MS, isWatched, NOT_WATCHED, next, ownNeeds, shown, stillTaken, STREAM_STALE, tones, unheard, UNREAD_FOR_MS } from "../../../backend/console/modules/ringing.js";

const item = (id, more = {}) => ({ id, needs: "nobody_accepted", incident_id: null, detail: {}, raised_at: "2026-11-28T12:00:00Z", sounds: true, acknowledged_at: null, ...more });
const calm = { staleSince: null, watched: true, now: 100_000, taken: new Set(), since: 0 };

test("what sounds stands first, then what has waited longest", () => {
  const told = [item("quiet", { sounds: false, raised_at: "2026-11-28T11:00:00Z" }), item("later", { raised_at: "2026-11-28T12:05:00Z" }), item("first")];
  assert.deepEqual(shown(told, []).map((each) => each.id), ["first", "later", "quiet"]);
});

test("a browser that is cut off sounds by itself, but not for a server that restarts", () => {
  assert.deepEqual(ownNeeds(calm), []);
  assert.deepEqual(ownNeeds({ ...calm, staleSince: calm.now - CUT_OFF_SOUNDS_AFTER_MS + 1 }), []);
  const [cut] = ownNeeds({ ...calm, staleSince: calm.now - CUT_OFF_SOUNDS_AFTER_MS });
  assert.equal(cut.needs, STREAM_STALE);
  assert.ok(cut.sounds);
});

test("where no worker looks that sounds, unless nothing is heard at all", () => {
  assert.deepEqual(ownNeeds({ ...calm, watched: false }).map((each) => each.needs), [NOT_WATCHED]);
  assert.deepEqual(ownNeeds({ ...calm, watched: false, staleSince: calm.now - 60_000 }).map((each) => each.needs), [STREAM_STALE]);
});

test("where what needs a person cannot be read nobody watches, however well the stream lives", () => {
  const told = { watched: true, failsSince: 0 };
  assert.ok(isWatched({ ...told, now: UNREAD_FOR_MS - 1 }));
  assert.equal(isWatched({ ...told, now: UNREAD_FOR_MS }), false);
  assert.ok(isWatched({ watched: true, failsSince: null, now: 1e9 }), "a page that slept is no fault");
  assert.equal(isWatched({ watched: false, failsSince: null, now: 0 }), false);
});

test("taken up here it is quiet as long as it lasts, and sounds the next time", () => {
  const cut = { ...calm, staleSince: 0 };
  const taken = new Set([STREAM_STALE]);
  const [quiet] = ownNeeds({ ...cut, taken });
  assert.equal(quiet.sounds, false);
  assert.deepEqual([...stillTaken(taken, [quiet])], [STREAM_STALE]);
  assert.deepEqual([...stillTaken(taken, [])], []);
});

test("one tap takes up what the chosen incident needs, else what has sounded longest", () => {
  const all = shown([item("a", { incident_id: "1" }), item("b", { incident_id: "2", raised_at: "2026-11-28T12:09:00Z" }), item("c", { sounds: false })], []);
  assert.equal(next(all, "2")?.id, "b");
  assert.equal(next(all, null)?.id, "a");
  assert.equal(next(all, "3")?.id, "a");
  assert.equal(next([], null), null);
});

test("the room is warned whenever it would hear nothing", () => {
  assert.equal(unheard("running", true), null);
  for (const state of ["suspended", "interrupted", "closed", "none"]) assert.equal(unheard(state, true), "blocked");
  assert.equal(unheard("running", false), "off");
});

test("an exercise sounds like no alarm", () => {
  const live = new Set(tones("live").map((tone) => tone.hz));
  assert.ok(tones("exercise").every((tone) => !live.has(tone.hz)));
});
