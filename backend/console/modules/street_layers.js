// How streets are drawn: which layers an archive has. Pure.

/** @typedef {import("../look/parts/maplibre-gl.mjs").LayerSpecification} Layer */

/**
 * The ground of Protomaps' basemap, or of OpenMapTiles: which of the two shows in the names of its layers.
 * @param {ReadonlySet<string>} names @param {import("./map_look.js").Colours} of @returns {Layer[]}
 */
export function layers(names, of) {
  const roads = names.has("roads") ? "roads" : "transportation";
  const buildings = names.has("buildings") ? "buildings" : "building";
  const named = names.has("transportation_name") ? "transportation_name" : roads;
  const sort = roads === "roads" ? "kind" : "class";
  const major = ["highway", "major_road", "motorway", "trunk", "primary", "secondary", "tertiary"];
  const foot = ["path", "other", "track", "footway"];
  /** @type {(fill: string, layer: string, colour: string) => Layer} */
  const area = (id, layer, colour) => ({ id, type: "fill", source: "streets", "source-layer": layer, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colour } });
  /** @type {(id: string, kinds: string[], is: boolean, widths: [number, number, number]) => Layer} */
  const road = (id, kinds, is, widths) => ({
    id,
    type: "line",
    source: "streets",
    "source-layer": roads,
    filter: is ? ["in", ["get", sort], ["literal", kinds]] : ["!", ["in", ["get", sort], ["literal", kinds]]],
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": of.road, "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 8, widths[0], 14, widths[1], 18, widths[2]] },
  });
  return [
    area("streets-green", names.has("landcover") ? "landcover" : "landuse", of.green),
    area("streets-water", "water", of.water),
    { ...area("streets-buildings", buildings, of.building), minzoom: 14 },
    { ...road("streets-foot", foot, true, [0, 0.6, 4]), minzoom: 14 },
    { ...road("streets-minor", [...major, ...foot], false, [0.2, 1.2, 12]), minzoom: 11 },
    road("streets-major", major, true, [0.6, 2.6, 18]),
    {
      id: "streets-names",
      type: "symbol",
      source: "streets",
      "source-layer": named,
      minzoom: 14,
      layout: { "text-field": ["coalesce", ["get", "name:da"], ["get", "name"], ""], "text-font": ["Plex"], "text-size": 12, "symbol-placement": "line" },
      paint: { "text-color": of.soft, "text-halo-color": of.land, "text-halo-width": 1.5 },
    },
  ];
}
