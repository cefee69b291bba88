import assert from "node:assert/strict";
import { test } from "node:test";
import { READ_FIRST_MS } from "../../../backend/console/modules/by_hand_steps.js";
import {
  begun, body, cameThrough, change, found, IDLE, maySend, measured, newAddress, nudged, overtaken, pulled, put, sending, sends, STEP_M, unsent,
} from "../../../backend/console/modules/revise_steps.js";

const AT = { lat: 55.676, lon: 12.568, accuracy_m: 250 };
const moving = begun(IDLE, AT, 3);
const HOUSE = {
  what: "entrance", text: "Nørregade 3B", detail: "1165 København K", lat: 55.6776, lon: 12.568, accuracy_m: null, dar_id: null,
  floor: null, door: null, goes_on: false, how: null, swapped: false,
};
const nudge = (state, ...keys) => keys.reduce((now, key) => nudged(now, key, false, 5) ?? now, state);

test("what has not moved is not sent", () => {
  assert.deepEqual([maySend(IDLE), maySend(moving), change(moving).metres], [false, false, 0]);
  assert.equal(begun(put(moving, 55.677, 12.568, 5), AT, 4).based_on, 3, "what has begun goes on");
});

test("an arrow moves it five metres, with Shift fifty, and it says where to", () => {
  const east = nudge(moving, "ArrowRight");
  assert.deepEqual([change(east).metres, change(east).wind], [STEP_M, "e"]);
  assert.equal(change(nudged(moving, "ArrowUp", true, 5)).metres, 50);
  assert.equal(change(nudge(moving, "ArrowUp", "ArrowRight")).wind, "ne");
  assert.equal(change(nudge(moving, "ArrowDown", "ArrowLeft")).wind, "sw");
  assert.equal(change(nudge(moving, "ArrowUp", "ArrowDown")).moves, false, "there and back is nowhere");
  assert.equal(nudged(moving, "Enter", false, 5), null);
});

test("how exactly somebody pointed is how exact it is, until they type it themselves", () => {
  assert.equal(put(moving, 55.677, 12.568, 20).to.accuracy_m, 20);
  const typed = measured(moving, "12,5");
  assert.deepEqual([typed.to.accuracy_m, put(typed, 55.677, 12.568, 20).to.accuracy_m], [12.5, 12.5]);
  assert.equal(measured(typed, "").to.accuracy_m, null, "unknown");
  assert.equal(measured(typed, "mod øst").to.accuracy_m, 12.5);
  assert.equal(maySend(typed), true, "a better accuracy is better");
});

test("a place from the box brings its address, and the Enter that chose it does not send it", () => {
  const chosen = found(moving, HOUSE, 1_000);
  assert.deepEqual([sends(chosen, 1_000, false), sends(chosen, 9_000, true), sends(chosen, 1_000 + READ_FIRST_MS, false)], [false, false, true]);
  assert.equal(newAddress(chosen), "Nørregade 3B, 1165 København K");
  assert.deepEqual(body(chosen), { where: { lat: 55.6776, lon: 12.568, text: "Nørregade 3B, 1165 København K" }, based_on: 3 });
  const pair = found(moving, { ...HOUSE, what: "coordinates", text: "55.67, 12.56", accuracy_m: 11 }, 1_000);
  assert.deepEqual([newAddress(pair), body(pair).where], [null, { lat: 55.6776, lon: 12.568, accuracy_m: 11 }], "numbers are no address");
});

test("nobody overwrites what they have not seen", () => {
  const moved = nudge(moving, "ArrowRight");
  const late = overtaken(moved, 4);
  assert.deepEqual([sends(moved, 9_000, false), sends(late, 9_000, false), late.newest], [true, false, 4]);
  assert.equal(overtaken(IDLE, 4), IDLE);
});

test("sent once; without an answer it stands and is sent again", () => {
  const away = sending(nudge(moving, "ArrowRight"));
  assert.equal(sends(away, 9_000, false), false);
  assert.equal(sends(unsent(away), 9_000, false), true);
  assert.equal(put(away, 0, 0, 5), away, "what is on its way is not moved");
});

test("what somebody else sent is not said to have been sent here", () => {
  const untouched = cameThrough(moving, AT, 4);
  const house = unsent(sending(found(moving, HOUSE, 0)));
  const address = cameThrough(house, { lat: HOUSE.lat, lon: HOUSE.lon, accuracy_m: null }, 4);
  assert.deepEqual([untouched, address], [false, false], "another one's door code; another one's floor in the same house");
  const east = nudge(moving, "ArrowRight");
  assert.equal(cameThrough(east, east.to, 4), false, "never sent");
  const lost = unsent(sending(east));
  const further = nudge(lost, "ArrowRight");
  assert.deepEqual([cameThrough(lost, east.to, 3), cameThrough(lost, AT, 4), cameThrough(further, further.to, 4)], [false, false, false]);
  assert.equal(cameThrough(lost, east.to, 4), true, "sent, and the answer was lost");
});

test("a hand that shakes while it clicks pulls nothing", () => {
  assert.deepEqual([pulled({ x: 10, y: 10 }, { x: 12, y: 11 }), pulled({ x: 10, y: 10 }, { x: 13, y: 14 })], [false, true]);
});

test("a better accuracy alone moves nobody, however many digits the place came with", () => {
  const at = { lat: 55.67612345678, lon: 12.56812345678, accuracy_m: 250 };
  const where = body(measured(begun(IDLE, at, 3), "10")).where;
  assert.deepEqual(where, { ...at, accuracy_m: 10 });
});
