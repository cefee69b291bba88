import assert from "node:assert/strict";
import { test } from "node:test";

import { different } from "../../../backend/console/modules/parts.js";

test("what is gone, new or changed is told apart, and what is the same is left alone", () => {
  const there = new Map([["head", "1"], ["acts", "a"], ["timeline", "x"]]);
  const made = new Map([["head", "2"], ["asked", "b"], ["timeline", "x"]]);
  assert.deepEqual(different(there, made), { gone: ["acts"], come: ["asked"], changed: ["head"] });
});
