// Streets, where the operator has brought some in or named a style; else a sentence says that there are none.

import { byId } from "./dom.js";
import { layers, schemaOf } from "./street_layers.js";
import { absolute, areOf, drawn, groundOf, namesOf } from "./style_streets.js";
import { say } from "./words.js";
import { addProtocol } from "../look/parts/maplibre-gl.mjs";
import { PMTiles, Protocol } from "../look/parts/pmtiles.mjs";

/** @typedef {import("../look/parts/maplibre-gl.mjs").Map} MapLibre */
/** @typedef {import("./map_look.js").Colours} Colours */

/** Where streets go: on the ground, below everything of the board's. */
const BELOW = "reach";
const PATIENCE_MS = 10_000;

/** @param {MapLibre} map @param {Colours} of */
export async function addStreets(map, of) {
  const { streets = "", style = "" } = byId("map").dataset;
  try {
    const credit = streets !== "" ? await fromArchive(map, of, streets) : style !== "" ? await fromStyle(map, of, style) : null;
    if (credit === null) throw new Error("none");
    map.setLayoutProperty("land", "visibility", "none");
    map.setPaintProperty("ground", "background-color", of.land);
    byId("map-credit").textContent += ` · ${plain(credit)}`;
  } catch {
    const says = byId("map-says");
    says.textContent = say(style !== "" ? "no_streets_there" : "no_streets");
    says.hidden = false;
  }
}

/** @param {MapLibre} map @param {Colours} of @param {string} address @returns {Promise<string | null>} whom to thank */
async function fromArchive(map, of, address) {
  const archive = new PMTiles(new URL(address, location.href).href);
  const protocol = new Protocol();
  protocol.add(archive);
  addProtocol("pmtiles", protocol.tile);
  const told = /** @type {{vector_layers?: {id: string}[], attribution?: string}} */ (await archive.getMetadata());
  const names = new Set((told.vector_layers ?? []).map((each) => each.id));
  if (schemaOf(names) === null) return null;
  map.addSource("streets", { type: "vector", url: `pmtiles://${archive.source.getKey()}` });
  for (const layer of layers(names, of)) map.addLayer(layer, BELOW);
  return told.attribution ?? "© OpenStreetMap";
}

/** Its tiles alone: no letters, no signs, nothing of another origin. @param {MapLibre} map @param {Colours} of @param {string} address */
async function fromStyle(map, of, address) {
  const style = /** @type {import("./style_streets.js").Style} */ (await read(address));
  const ground = groundOf(style);
  if (ground === null) return null;
  const { url } = ground.source;
  const named = url === undefined ? address : absolute(url, address);
  const told = url === undefined ? ground.source : /** @type {import("./style_streets.js").TileJson} */ (await read(named));
  const tiles = (told.tiles ?? []).map((each) => absolute(each, named));
  if (!areOf([named, ...tiles], new URL(address).origin) || tiles.length === 0) return null;
  map.addSource("streets", {
    type: ground.source.type === "raster" ? "raster" : "vector",
    tiles,
    minzoom: told.minzoom ?? 0,
    maxzoom: told.maxzoom ?? (ground.source.type === "raster" ? 18 : 14),
    ...(ground.source.type === "raster" ? { tileSize: ground.source.tileSize ?? 512 } : {}),
  });
  for (const layer of drawn(style, ground, namesOf(style, ground, told), of)) map.addLayer(layer, BELOW);
  return told.attribution ?? ground.source.attribution ?? "© OpenStreetMap";
}

/** @param {string} address @returns {Promise<unknown>} */
async function read(address) {
  const answer = await fetch(address, { credentials: "omit", referrerPolicy: "no-referrer", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** An attribution without its markup. @param {string} text */
function plain(text) {
  return text.replace(/<[^>]*>/g, "").replace(/&copy;/g, "©").trim();
}
