import assert from "node:assert/strict";
import { test } from "node:test";
import { layers, schemaOf } from "../../../backend/console/modules/street_layers.js";
import { absolute, areOf, drawn, groundOf, namesOf } from "../../../backend/console/modules/style_streets.js";

const COLOURS = { road: "r", water: "w", green: "g", building: "b", soft: "s", land: "l" };
const OPENMAPTILES = ["transportation", "transportation_name", "water", "landcover", "landuse", "building"];
const PROTOMAPS = ["roads", "water", "landuse", "landcover", "buildings", "earth"];
const from = (names) => layers(new Set(names), COLOURS).map((each) => each["source-layer"]);
/** Which kinds of roads are drawn at all. */
const roads = (names) =>
  layers(new Set(names), COLOURS)
    .filter((each) => each.type === "line")
    .flatMap((each) => each.filter[2][1]);

test("streets are found in the layers of Protomaps' basemap and of OpenMapTiles", () => {
  assert.deepEqual([...new Set(from(PROTOMAPS))].sort(), ["buildings", "landuse", "roads", "water"]);
  assert.deepEqual([...new Set(from(OPENMAPTILES))].sort(), ["building", "landcover", "transportation", "transportation_name", "water"]);
  assert.equal(schemaOf(new Set(["street_labels"])), null);
  assert.deepEqual(from(["street_labels"]), []);
});

test("a ferry and a railway are no street", () => {
  for (const names of [PROTOMAPS, OPENMAPTILES]) {
    for (const kind of ["ferry", "rail", "transit", "aeroway", "aerialway", "cable_car", "pier"]) assert.ok(!roads(names).includes(kind), kind);
  }
  for (const kind of ["highway", "major_road", "minor_road", "path"]) assert.ok(roads(PROTOMAPS).includes(kind), kind);
  for (const kind of ["motorway", "tertiary", "minor", "service", "track", "path"]) assert.ok(roads(OPENMAPTILES).includes(kind), kind);
});

test("only what is green is green: neither houses nor fields", () => {
  const [green] = layers(new Set(PROTOMAPS), COLOURS);
  const kinds = green.filter[2][2][1];
  assert.ok(kinds.includes("park"));
  for (const kind of ["residential", "industrial", "farmland", "urban_area"]) assert.ok(!kinds.includes(kind), kind);
});

test("of a style its tiles are taken: vector before pictures, and of one origin alone", () => {
  const style = { sources: { photo: { type: "raster", tiles: ["https://t.example/{z}/{x}/{y}.jpg"] }, base: { type: "vector", url: "base.json" }, empty: { type: "vector" } } };
  assert.equal(groundOf(style).name, "base");
  assert.equal(groundOf({ sources: { photo: style.sources.photo } }).name, "photo");
  assert.equal(groundOf({ sources: { hills: { type: "raster-dem", url: "x" } } }), null);
  assert.equal(groundOf({}), null);
  assert.equal(absolute("base.json", "https://t.example/styles/dark.json?key=1"), "https://t.example/styles/base.json");
  assert.equal(absolute("/t/{z}/{x}/{y}.pbf?key=1", "https://t.example/styles/dark.json"), "https://t.example/t/{z}/{x}/{y}.pbf?key=1");
  assert.ok(areOf(["https://t.example/{z}/{x}/{y}"], "https://t.example"));
  assert.ok(!areOf(["https://t.example/{z}/{x}/{y}", "https://u.example/{z}/{x}/{y}"], "https://t.example"));
  assert.ok(!areOf([], "https://t.example"));
});

test("known layers are drawn in the board's colours, others as the style does, without its letters and pictures", () => {
  const style = {
    sources: { base: { type: "vector", url: "x" } },
    layers: [
      { id: "sea", type: "fill", source: "base", "source-layer": "ocean", paint: { "fill-color": "blue" } },
      { id: "stripes", type: "fill", source: "base", "source-layer": "ocean", paint: { "fill-pattern": "stripes" } },
      { id: "names", type: "symbol", source: "base", "source-layer": "street_labels", layout: { "text-font": ["Noto"] } },
      { id: "paper", type: "background", paint: {} },
      { id: "roads", type: "line", source: "base", "source-layer": "transportation" },
    ],
  };
  const ground = groundOf(style);
  assert.deepEqual([...namesOf(style, ground, {})].sort(), ["ocean", "street_labels", "transportation"]);
  assert.deepEqual([...namesOf(style, ground, { vector_layers: [{ id: "ocean" }] })], ["ocean"]);
  assert.deepEqual(drawn(style, ground, new Set(["ocean"]), COLOURS).map((each) => [each.id, each.source]), [["streets-sea", "streets"], ["streets-roads", "streets"]]);
  assert.equal(drawn(style, ground, new Set(["transportation"]), COLOURS)[0].id, "streets-green");
  assert.equal(drawn({}, { name: "p", source: { type: "raster" } }, new Set(), COLOURS)[0].type, "raster");
});
