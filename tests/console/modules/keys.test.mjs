import assert from "node:assert/strict";
import { test } from "node:test";
import { meaning, shownKeys } from "../../../backend/console/modules/keys.js";

const what = (key, where = null, on = true, more = {}) => meaning({ key, ...more }, where, on)?.what ?? null;

test("each key means what the help says", () => {
  const keys = ["n", "N", "/", "ArrowUp", "ArrowDown", "a", "x", "m", "r", "?", "Escape", "7", "q", "0"];
  assert.deepEqual(keys.map((key) => what(key)), [
    "new", "new", "search", "up", "down", "acknowledge", "stand-down", "map", "revise", "help", "leave", "pick", null, null,
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

test("a key that is held is one press, but for going up and down", () => {
  const held = { repeat: true };
  assert.deepEqual(["a", "x", "3", "m"].map((key) => what(key, null, true, held)), [null, null, null, null]);
  assert.equal(what("ArrowDown", null, true, held), "down");
});

test("a page's help has the keys that do something there, in one order", () => {
  const nothing = () => {};
  assert.deepEqual(
    shownKeys({ help: nothing, map: nothing, pick: nothing, "stand-down": nothing }).map((each) => each.shown), ["X", "1…9", "M", "?"],
  );
});
