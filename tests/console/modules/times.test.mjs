import assert from "node:assert/strict";
import { test } from "node:test";
import { age, clock, offset, roughAge } from "../../../backend/console/modules/times.js";

test("a clock is Copenhagen's, with dots and 24 hours, whatever the machine's zone", () => {
  assert.equal(clock(Date.parse("2026-11-21T23:04:05Z")), "00.04.05");
  assert.equal(clock(Date.parse("2026-07-01T10:00:00Z")), "12.00.00");
});

test("an age is read at a glance, and never below nothing", () => {
  assert.equal(age(7), "0.07");
  assert.equal(age(760.9), "12.40");
  assert.equal(age(3_900), "1 t 05");
  assert.equal(age(-3), "0.00");
});

test("a rough age says one unit", () => {
  assert.deepEqual([5, 59.6, 90, 7_200, 300_000].map(roughAge), ["5 s", "1 min", "2 min", "2 t", "3 d"]);
});

test("the server's clock is ahead by what it says, and by nothing when it says nonsense", () => {
  assert.equal(offset("2026-11-21T11:00:10Z", Date.parse("2026-11-21T11:00:00Z")), 10_000);
  assert.equal(offset("soon", 1), 0);
});
