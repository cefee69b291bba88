import assert from "node:assert/strict";
import { test } from "node:test";
import { before, beside, merged } from "../../../backend/console/modules/order.js";

const incident = (id, opened_at, needs = [], mark = "a") => ({ id, opened_at, needs, mark });

test("what needs a person stands first, then the newest", () => {
  const all = [incident("old", "2026-01-01"), incident("new", "2026-01-02"), incident("calls", "2025-01-01", ["excluded"])];
  assert.deepEqual(all.sort(before).map((each) => each.id), ["calls", "new", "old"]);
});

test("an answer about some ends those of them that are not in it, and leaves the others", () => {
  const known = new Map([["a", incident("a", "1")], ["b", incident("b", "1")], ["c", incident("c", "1")]]);
  const after = merged(known, [incident("b", "1", [], "b")], ["a", "b"]);
  assert.deepEqual([...after.known.keys()].sort(), ["b", "c"]);
  assert.deepEqual([...after.changed].sort(), ["a", "b"]);
});

test("an answer about everything is all there is, and what is the same is not drawn again", () => {
  const known = new Map([["a", incident("a", "1")], ["b", incident("b", "1")]]);
  const after = merged(known, [incident("b", "1"), incident("d", "2")], null);
  assert.deepEqual([...after.known.keys()].sort(), ["b", "d"]);
  assert.deepEqual([...after.changed].sort(), ["a", "d"]);
});

test("arrows stop at the list's ends, and begin at the one they come from", () => {
  assert.equal(beside(["a", "b"], "b", 1), "b");
  assert.equal(beside(["a", "b"], "a", 1), "b");
  assert.equal(beside(["a", "b"], null, -1), "b");
  assert.equal(beside(["a", "b"], "gone", 1), "a");
  assert.equal(beside([], null, 1), null);
});
