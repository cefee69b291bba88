import assert from "node:assert/strict";
import { test } from "node:test";
import { READ_FIRST_MS } from "../../../backend/console/modules/by_hand_steps.js";
import { asked, chosen, numbered, seen, sending, sends, unsent } from "../../../backend/console/modules/stand_down_steps.js";

const REASONS = ["ambulance_arrived", "not_cardiac_arrest"];
const opened = asked("i1", "Sag 4711");
const withReason = chosen(opened, "ambulance_arrived", 1_000);

test("X, a number, Enter: three keys, and not one fewer", () => {
  assert.equal(sends(opened, 60_000, false), false, "X and Enter have no reason");
  assert.equal(numbered(REASONS, "1"), "ambulance_arrived");
  assert.equal(sends(withReason, 1_000 + READ_FIRST_MS, false), true);
});

test("a key that is held or bounces stands nobody down", () => {
  assert.equal(sends(withReason, 1_000 + READ_FIRST_MS - 1, false), false);
  assert.equal(sends(withReason, 60_000, true), false);
  assert.equal(sends(sending(withReason), 60_000, false), false, "nor what is on its way already");
  assert.equal(chosen(withReason, "ambulance_arrived", 2_000).reasonAt, 1_000, "the same reason again is no new one");
});

test("other keys are no reasons", () => {
  assert.deepEqual(["0", "3", "9", "x", "Enter", "12"].map((key) => numbered(REASONS, key)), [null, null, null, null, null, null]);
});

test("whoever asks anew begins anew: no reason is left from before", () => {
  assert.deepEqual([asked("i2", "Sag 4712").incident, asked("i2", "Sag 4712").reason], ["i2", null]);
});

test("one that ended is not stood down", () => {
  const over = seen(withReason, false);
  assert.deepEqual([over.step, sends(over, 60_000, false)], ["over", false]);
  assert.equal(seen(withReason, true), withReason);
});

test("without an answer what was chosen stands, and Enter sends it again", () => {
  assert.equal(sends(unsent(sending(withReason)), 60_000, false), true);
});
