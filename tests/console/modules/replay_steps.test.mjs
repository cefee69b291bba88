import assert from "node:assert/strict";
import { test } from "node:test";
import { heldAt, within } from "../../../backend/console/modules/replay_steps.js";

test("what holds is the last that began, and nothing before the first", () => {
  const held = [[2, "rings"], [5, "accepted"], [9, "finished"]];
  const at = (step) => heldAt(held, step)?.[1] ?? null;
  assert.deepEqual([1, 2, 4, 5, 8, 9, 100].map(at), [null, "rings", "rings", "accepted", "accepted", "finished", "finished"]);
  assert.equal(heldAt([], 3), null);
});

test("a step is one that there is", () => {
  assert.deepEqual([0, 1, 4, 5, 1.5, NaN].map((step) => within(step, 4)), [1, 1, 4, 4, 1, 1]);
});
