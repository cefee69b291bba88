// Streets, where the operator has brought some in; else a sentence says that there are none.

import { byId } from "./dom.js";
import { layers } from "./street_layers.js";
import { say } from "./words.js";
import { addProtocol } from "../look/parts/maplibre-gl.mjs";
import { PMTiles, Protocol } from "../look/parts/pmtiles.mjs";

/** Where streets go: on the ground, below everything of the board's. */
const BELOW = "reach";

/** @param {import("../look/parts/maplibre-gl.mjs").Map} map @param {import("./map_look.js").Colours} of */
export async function addStreets(map, of) {
  const address = byId("map").dataset["streets"] ?? "";
  try {
    if (address === "") throw new Error("none");
    const archive = new PMTiles(new URL(address, location.href).href);
    const protocol = new Protocol();
    protocol.add(archive);
    addProtocol("pmtiles", protocol.tile);
    const told = /** @type {{vector_layers?: {id: string}[], attribution?: string}} */ (await archive.getMetadata());
    const names = new Set((told.vector_layers ?? []).map((each) => each.id));
    map.addSource("streets", { type: "vector", url: `pmtiles://${archive.source.getKey()}` });
    for (const layer of layers(names, of)) map.addLayer(layer, BELOW);
    map.setLayoutProperty("land", "visibility", "none");
    map.setPaintProperty("ground", "background-color", of.land);
    byId("map-credit").textContent += ` · ${plain(told.attribution ?? "© OpenStreetMap")}`;
  } catch {
    const says = byId("map-says");
    says.textContent = say("no_streets");
    says.hidden = false;
  }
}

/** An attribution without its markup. @param {string} text */
function plain(text) {
  return text.replace(/<[^>]*>/g, "").replace(/&copy;/g, "©").trim();
}
