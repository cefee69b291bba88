import assert from "node:assert/strict";
import { test } from "node:test";
import { circle, metres, moved, spread } from "../../../backend/console/modules/geo.js";
import { difference, featureOfAed, featuresOf } from "../../../backend/console/modules/map_data.js";

const AT = { lat: 55.68, lon: 12.57, accuracy_m: 20, readable: true };
const person = (pseudonym, stage, metres, area = null) => ({ pseudonym, stage, metres, area });
const incident = (people, areas = []) => ({ id: "i", at: AT, reach_m: 5000, needs: [], people, areas });
const label = (each) => each.stage;
const away = (feature) => metres(AT.lat, AT.lon, feature.geometry.coordinates[1], feature.geometry.coordinates[0]);
const of = (features, what) => features.filter((each) => each.properties.what === what);

test("metres are metres, and a circle is closed and as wide as told", () => {
  assert.ok(Math.abs(metres(55, 12, 55.01, 12) - 1_112) < 2);
  const ring = circle(AT.lat, AT.lon, 500, 12);
  assert.deepEqual(ring[0], ring.at(-1));
  for (const [lon, lat] of ring) assert.ok(Math.abs(metres(AT.lat, AT.lon, lat, lon) - 500) < 1);
});

test("many in one area stand beside each other and never outside it", () => {
  const places = Array.from({ length: 9 }, (_, number) => spread(AT.lat, AT.lon, 70, number, 9));
  assert.equal(new Set(places.map(String)).size, 9);
  for (const [lon, lat] of places) assert.ok(metres(AT.lat, AT.lon, lat, lon) <= 71);
  assert.deepEqual(spread(AT.lat, AT.lon, 70, 0, 1), moved(AT.lat, AT.lon, 0, 0));
});

test("who is in an area stands in it; of whom only a distance is known stands on the line at that distance", () => {
  const [lon, lat] = moved(AT.lat, AT.lon, 900, 0);
  const areas = [{ lat, lon, radius_m: 76, people: 3 }];
  const made = featuresOf(incident([person("A", "en_route", 900, 0), person("B", "asked", 400)], areas), "1", label);
  const [inArea, onLine] = of(made, "person");
  assert.ok(metres(lat, lon, inArea.geometry.coordinates[1], inArea.geometry.coordinates[0]) <= 76);
  assert.ok(Math.abs(away(onLine) - 400) < 2);
  assert.equal(of(made, "ladder").length, 1);
  assert.equal(of(made, "area")[0].properties.people, 3);
});

test("who says they are there stands at the patient's side, and who takes no part is in the list alone", () => {
  const made = featuresOf(incident([person("A", "with_patient", 900), person("B", "over", 100)]), "1", label);
  const [beside, ...none] = of(made, "person");
  assert.ok(away(beside) > 5 && away(beside) < 60);
  assert.deepEqual(none, []);
  assert.equal(of(made, "ladder").length, 0);
});

test("an incident whose place is gone has nothing on the map", () => {
  assert.deepEqual(featuresOf({ ...incident([]), at: null }, "1", label), []);
});

test("a defibrillator that is fetched looks fetched, whatever its hours", () => {
  const aed = (open, reserved) => featureOfAed({ id: "a", lat: 1, lon: 2, open, reserved, incident: null }, "").properties.sign;
  assert.deepEqual([aed("open", false), aed("closed", false), aed("unknown", false), aed("open", true)], ["aed_open", "aed_closed", "aed_unknown", "aed_reserved"]);
});

test("a source is told of what differs alone, and of nothing where nothing does", () => {
  const feature = (id, x) => ({ type: "Feature", id, geometry: { type: "Point", coordinates: [x, 0] }, properties: {} });
  const shown = new Map([["same", feature("same", 1)], ["moved", feature("moved", 1)], ["gone", feature("gone", 1)]]);
  const wanted = new Map([["same", feature("same", 1)], ["moved", feature("moved", 2)], ["new", feature("new", 1)]]);
  const diff = difference(shown, wanted);
  assert.deepEqual([diff.remove.sort(), diff.add.map((each) => each.id).sort()], [["gone", "moved"], ["moved", "new"]]);
  assert.equal(difference(wanted, new Map(wanted)), null);
});
