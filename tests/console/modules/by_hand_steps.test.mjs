import assert from "node:assert/strict";
import { test } from "node:test";
import {
  against, back, entered, filled, found, moved, READ_FIRST_MS, START, typing, unsent, whereOf,
} from "../../../backend/console/modules/by_hand_steps.js";

const place = (text, more = {}) => ({
  what: "entrance", text, detail: "1165 København K", lat: 55.68, lon: 12.57, accuracy_m: null, dar_id: null, floor: null,
  door: null, goes_on: false, how: null, swapped: false, ...more,
});
const HOUSE = place("Nørregade 3B");
const STREET = place("Nørregade", { what: "street", goes_on: true, accuracy_m: 300 });
const with_ = (text, ...places) => found(typing(START, text), text, places, 0);

test("type, Enter, Enter: that is an alarm", () => {
  const chosen = entered(with_("nørregade 3b", HOUSE), 1_000, false);
  assert.deepEqual([chosen.does, chosen.state.step, chosen.state.chosen], ["chosen", "chosen", HOUSE]);
  const sent = entered(chosen.state, 1_000 + READ_FIRST_MS, false);
  assert.deepEqual([sent.does, sent.state.step], ["send", "sending"]);
  assert.equal(entered(sent.state, 9_000, false).does, "nothing", "pressed again while it is on its way");
});

test("a key that is held or bounces sends nothing", () => {
  const { state } = entered(with_("nørregade 3b", HOUSE), 1_000, false);
  assert.equal(entered(state, 1_050, false).does, "nothing");
  assert.equal(entered(state, 60_000, true).does, "nothing");
  assert.equal(entered(with_("nørregade 3b", HOUSE), 1_000, true).does, "nothing");
});

test("Enter before the places have come chooses the first of them, and sends nothing", () => {
  const waiting = entered(typing(START, "nørregade 3b"), 1_000, false);
  assert.deepEqual([waiting.does, waiting.state.wanted], ["find", true]);
  const came = found(waiting.state, "nørregade 3b", [HOUSE], 1_200);
  assert.deepEqual([came.step, came.chosenAt], ["chosen", 1_200]);
  assert.equal(entered(came, 1_300, false).does, "nothing", "nobody has read it yet");
});

test("places for what stood there before say nothing", () => {
  const state = typing(with_("nør", STREET), "nørregade 3b");
  assert.deepEqual(found(state, "nør", [STREET], 0), state);
});

test("a street goes into the box and waits for its house; Enter once more means somewhere along it", () => {
  const filling = entered(with_("nørr", STREET), 1_000, false);
  assert.deepEqual([filling.does, filling.state.typed], ["fill", filled(STREET)]);
  const again = entered(found(filling.state, filled(STREET), [STREET], 0), 2_000, false);
  assert.deepEqual([again.does, again.state.chosen], ["chosen", STREET]);
});

test("arrows stay among the places; typing begins anew; Escape goes back to what was typed", () => {
  const state = with_("nørregade 3", HOUSE, place("Nørregade 3C"));
  assert.deepEqual([-1, 1, 5].map((by) => moved(state, by).active), [0, 1, 1]);
  const chosen = entered(moved(state, 1), 0, false).state;
  assert.equal(chosen.chosen?.text, "Nørregade 3C");
  assert.deepEqual([back(chosen).step, back(chosen).typed, back(chosen).chosen], ["typing", "nørregade 3", null]);
  assert.equal(typing(chosen, "x").chosen, null);
});

test("without an answer the same is sent again, at once", () => {
  const sending = entered(entered(with_("a 1", HOUSE), 0, false).state, 1_000, false).state;
  const again = entered(unsent(sending, 5_000), 5_000, false);
  assert.deepEqual([again.does, again.state.chosen], ["send", HOUSE]);
});

test("nothing typed, nothing found: nothing is done", () => {
  assert.equal(entered(START, 0, false).does, "nothing");
  assert.equal(entered(with_("findes ikke"), 0, false).does, "nothing");
});

test("what is sent is what was chosen", () => {
  assert.deepEqual(whereOf(place("Nørregade 3B, 2. tv", { floor: "2", door: "tv" }), "4711"), {
    lat: 55.68, lon: 12.57, text: "Nørregade 3B, 2. tv, 1165 København K", floor: "2", door: "tv", door_code: "4711",
  });
  const pair = place("55.67600, 12.56800", { what: "coordinates", detail: "", accuracy_m: 111 });
  assert.deepEqual(whereOf(pair, ""), { lat: 55.68, lon: 12.57, accuracy_m: 111 }, "numbers are no address");
  assert.deepEqual(against(["trauma", "age_up_to_7"], ["trauma"]), ["trauma"]);
});
