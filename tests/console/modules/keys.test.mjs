import assert from "node:assert/strict";
import { test } from "node:test";
import { meaning } from "../../../backend/console/modules/keys.js";

const what = (key, where = null, on = true, more = {}) => meaning({ key, ...more }, where, on)?.what ?? null;

test("each key means what the help says", () => {
  const keys = ["n", "N", "/", "ArrowUp", "ArrowDown", "a", "x", "m", "?", "Escape", "7", "q", "0"];
  assert.deepEqual(keys.map((key) => what(key)), [
    "new", "new", "search", "up", "down", "acknowledge", "stand-down", "map", "help", "leave", "pick", null, null,
  ]);
  assert.equal(meaning({ key: "7" }, null, true)?.number, 7);
});

test("nothing while somebody types, but for leaving the field", () => {
  for (const tagName of ["INPUT", "TEXTAREA", "SELECT"]) assert.equal(what("x", { tagName }), null);
  assert.equal(what("x", { tagName: "DIV", isContentEditable: true }), null);
  assert.equal(what("Escape", { tagName: "INPUT" }), "leave");
});

test("nothing with a modifier, and nothing where the keys are switched off", () => {
  for (const held of ["ctrlKey", "altKey", "metaKey"]) assert.equal(what("a", null, true, { [held]: true }), null);
  assert.equal(what("a", null, false), null);
  assert.equal(what("Escape", null, false), "leave");
});
