import assert from "node:assert/strict";
import { mock, test } from "node:test";

/** @type {Map<string, () => void>} */
const listening = new Map();
/** @type {unknown[]} */
const reported = [];
let now = 0;
mock.timers.enable({ apis: ["setTimeout"] });
mock.method(performance, "now", () => now);
Object.assign(globalThis, {
  addEventListener: (/** @type {string} */ event, /** @type {() => void} */ does) => void listening.set(event, does),
  reportError: (/** @type {unknown} */ wrong) => void reported.push(wrong),
});
const { isPressed, whenFree } = await import("../../../backend/console/modules/pressed.js");

/** @type {string[]} */
let done = [];
const does = (/** @type {string} */ what) => () => void done.push(what);
const happens = (/** @type {string} */ event) => listening.get(event)?.();
const passes = (/** @type {number} */ ms) => {
  now += ms;
  mock.timers.tick(ms);
};

test("where nothing is pressed it is done at once", () => {
  done = [];
  whenFree("show", does("a"));
  assert.deepEqual([isPressed(), done], [false, ["a"]]);
});

test("while something is pressed nothing moves; after the click it does, of several of one name the last", () => {
  done = [];
  happens("pointerdown");
  for (const [name, what] of [["show", "a"], ["banner", "b"], ["show", "c"]]) whenFree(name ?? "", does(what ?? ""));
  happens("pointerup");
  assert.deepEqual([isPressed(), done], [false, []], "the click comes first");
  passes(1);
  assert.deepEqual(done, ["b", "c"]);
  passes(5_000);
  assert.equal(done.length, 2, "and once");
});

test("what comes after the release and before the rest is newer than what waits", () => {
  done = [];
  happens("pointerdown");
  whenFree("show", does("old"));
  happens("pointerup");
  whenFree("show", does("new"));
  passes(5_000);
  assert.deepEqual(done, ["new"]);
});

test("a release that is never heard holds nothing up for longer than a second", () => {
  done = [];
  happens("pointerdown");
  whenFree("show", does("a"));
  passes(999);
  assert.deepEqual([isPressed(), done], [true, []]);
  passes(100);
  assert.deepEqual([isPressed(), done], [false, ["a"]]);
});

test("what goes wrong in one keeps no other back, and is reported", () => {
  done = [];
  happens("pointerdown");
  whenFree("first", () => {
    throw new Error("drawing");
  });
  whenFree("second", does("b"));
  happens("pointercancel");
  passes(1);
  assert.deepEqual([done, String(reported[0])], [["b"], "Error: drawing"]);
});
