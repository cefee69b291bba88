import assert from "node:assert/strict";
import { test } from "node:test";
import { Store } from "../../../backend/console/modules/store.js";

const told = (at, ...ids) => ({
  at, kind: "live", centres: [], defibrillators: [],
  incidents: ids.map((id) => ({ id, mark: at, opened_at: at, needs: [] })),
});

test("a process whose clock is behind the last one's is believed: what it says is the newest", () => {
  const shown = [];
  const store = new Store("/nowhere", (its) => shown.push([...its.incidents.keys()]), () => {});
  clearInterval(store.anyway);
  store.take(told("2026-11-28T12:00:30Z", "a"), null);
  store.take(told("2026-11-28T12:00:05Z", "a", "b"), null);
  store.take(told("2026-11-28T12:00:06Z"), null);
  assert.deepEqual(shown, [["a"], ["a", "b"], []]);
});

test("an answer about some incidents does not make everything new", () => {
  const store = new Store("/nowhere", () => {}, () => {});
  clearInterval(store.anyway);
  store.readAt = 0;
  store.take(told("2026-11-28T12:00:00Z", "a"), ["a"]);
  assert.equal(store.readAt, 0);
  store.take(told("2026-11-28T12:00:01Z", "a"), null);
  assert.notEqual(store.readAt, 0);
});
