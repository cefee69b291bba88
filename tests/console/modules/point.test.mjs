import assert from "node:assert/strict";
import { test } from "node:test";
import { asTyped, pointedWithin } from "../../../backend/console/modules/point.js";

test("a point has as many digits as can be meant on what is seen", () => {
  assert.deepEqual([6, 10, 13, 16, 18, 22].map((zoom) => asTyped(55.676123, 12.568456, zoom)), [
    "55.7, 12.6", "55.68, 12.57", "55.676, 12.568", "55.6761, 12.5685", "55.6761, 12.5685", "55.67612, 12.56846",
  ]);
});

test("what is pointed at is as exact as what is seen", () => {
  assert.deepEqual([18, 16, 13, 10].map((zoom) => pointedWithin(55.676, zoom)), [5, 10, 50, 500]);
});
