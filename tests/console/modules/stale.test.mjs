import assert from "node:assert/strict";
import { test } from "node:test";
import { link, STALE_AFTER_MS, unread, UNREAD_AFTER_MS } from "../../../backend/console/modules/stale.js";

test("two missed beats are stale, within the five seconds that were promised", () => {
  assert.equal(link(0, true, 4_000), "live");
  assert.equal(link(0, true, STALE_AFTER_MS), "stale");
  assert.ok(STALE_AFTER_MS + 500 <= 5_000, "the page looks every half second");
});

test("a page that never heard a word is connecting, and then stale", () => {
  assert.equal(link(0, false, 1_000), "connecting");
  assert.equal(link(0, false, 6_000), "stale");
});

test("a stream that beats while nothing can be read is no proof that what is shown is new", () => {
  assert.equal(unread(10_000, 10_000 + UNREAD_AFTER_MS - 1), null);
  assert.equal(unread(10_000, 10_000 + UNREAD_AFTER_MS), 10_000);
  assert.ok(UNREAD_AFTER_MS > 10_000 + 4_000, "no slow answer is taken for none");
});
