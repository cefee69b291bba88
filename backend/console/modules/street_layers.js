// How streets are drawn: which layers an archive has. Pure.
//
// The names are those of the two schemas as they are written down: docs.protomaps.com/basemaps/layers (version 4, and what
// versions before it called else) and openmaptiles.org/schema. What is on neither list (rails, ferries, runways, cable
// cars) is not drawn: across a harbour it would look like a street.

/** @typedef {import("../look/parts/maplibre-gl.mjs").LayerSpecification} Layer */
/** @typedef {{roads: string, named: string, buildings: string, green: string, sort: string[], major: string[], minor: string[], foot: string[], greens: string[]}} Schema */

/** @type {Schema} */
const PROTOMAPS = {
  roads: "roads",
  named: "roads",
  buildings: "buildings",
  green: "landuse", // its `landcover` ends at zoom 7
  sort: ["kind", "pmap:kind"],
  major: ["highway", "major_road", "medium_road"],
  minor: ["minor_road"],
  foot: ["path", "other"],
  greens: ["park", "forest", "wood", "grass", "grassland", "meadow", "scrub", "garden", "cemetery", "golf_course", "nature_reserve", "national_park", "protected_area", "recreation_ground", "village_green", "allotments"],
};
/** @type {Schema} */
const OPENMAPTILES = {
  roads: "transportation",
  named: "transportation_name",
  buildings: "building",
  green: "landcover",
  sort: ["class"],
  major: ["motorway", "trunk", "primary", "secondary", "tertiary"],
  minor: ["minor", "service", "busway", "raceway"],
  foot: ["path", "track"],
  greens: ["wood", "grass"],
};

/** Which of the two it is shows in the names of its layers; null: neither. @param {ReadonlySet<string>} names @returns {Schema | null} */
export function schemaOf(names) {
  if (names.has("roads")) return PROTOMAPS;
  return names.has("transportation") ? OPENMAPTILES : null;
}

/**
 * The ground of Protomaps' basemap, or of OpenMapTiles; nothing of what has other layers.
 * @param {ReadonlySet<string>} names @param {import("./map_look.js").Colours} of @returns {Layer[]}
 */
export function layers(names, of) {
  const has = schemaOf(names);
  if (has === null) return [];
  /** @type {(kinds: string[]) => import("../look/parts/maplibre-gl.mjs").ExpressionSpecification} */
  const one = (kinds) => ["in", ["coalesce", ...has.sort.map((each) => /** @type {["get", string]} */ (["get", each])), ""], ["literal", kinds]];
  /** @type {(fill: string, layer: string, colour: string, kinds?: string[]) => Layer} */
  const area = (id, layer, colour, kinds) => ({
    id,
    type: "fill",
    source: "streets",
    "source-layer": layer,
    filter: kinds === undefined ? ["==", ["geometry-type"], "Polygon"] : ["all", ["==", ["geometry-type"], "Polygon"], one(kinds)],
    paint: { "fill-color": colour },
  });
  /** @type {(id: string, kinds: string[], widths: [number, number, number]) => Layer} */
  const road = (id, kinds, widths) => ({
    id,
    type: "line",
    source: "streets",
    "source-layer": has.roads,
    filter: one(kinds),
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": of.road, "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 8, widths[0], 14, widths[1], 18, widths[2]] },
  });
  return [
    area("streets-green", has.green, of.green, has.greens),
    area("streets-water", "water", of.water),
    { ...area("streets-buildings", has.buildings, of.building), minzoom: 14 },
    { ...road("streets-foot", has.foot, [0, 0.6, 4]), minzoom: 14 },
    { ...road("streets-minor", has.minor, [0.2, 1.2, 12]), minzoom: 11 },
    road("streets-major", has.major, [0.6, 2.6, 18]),
    {
      id: "streets-names",
      type: "symbol",
      source: "streets",
      "source-layer": has.named,
      minzoom: 14,
      filter: one([...has.major, ...has.minor, ...has.foot]),
      layout: { "text-field": ["coalesce", ["get", "name:da"], ["get", "name"], ""], "text-font": ["Plex"], "text-size": 12, "symbol-placement": "line" },
      paint: { "text-color": of.soft, "text-halo-color": of.land, "text-halo-width": 1.5 },
    },
  ];
}
