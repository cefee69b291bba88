import assert from "node:assert/strict";
import { test } from "node:test";
import { layers } from "../../../backend/console/modules/street_layers.js";

const COLOURS = { road: "r", water: "w", green: "g", building: "b", soft: "s", land: "l" };
const from = (names) => layers(new Set(names), COLOURS).map((each) => each["source-layer"]);

test("streets are found in the layers of Protomaps' basemap and of OpenMapTiles", () => {
  assert.deepEqual([...new Set(from(["roads", "water", "landuse", "landcover", "buildings"]))].sort(), ["buildings", "landcover", "roads", "water"]);
  assert.deepEqual(
    [...new Set(from(["transportation", "transportation_name", "water", "landcover", "building"]))].sort(),
    ["building", "landcover", "transportation", "transportation_name", "water"],
  );
});
