// Streets of somebody else's style: which tiles it draws from, and how they are drawn here. Pure.

import { layers, schemaOf } from "./street_layers.js";

/** @typedef {import("../look/parts/maplibre-gl.mjs").LayerSpecification} Layer */
/** @typedef {{type?: string, url?: string, tiles?: string[], tileSize?: number, minzoom?: number, maxzoom?: number, attribution?: string}} Source */
/** @typedef {{sources?: Record<string, Source>, layers?: (Record<string, unknown> & {id?: string, type?: string, source?: string, "source-layer"?: string, paint?: Record<string, unknown>})[]}} Style */
/** @typedef {{tiles?: string[], minzoom?: number, maxzoom?: number, attribution?: string, vector_layers?: {id: string}[]}} TileJson */
/** @typedef {{name: string, source: Source}} Ground */

/** Drawn without pictures and letters of theirs: what they are made of would have to be fetched, too. */
const DRAWN = new Set(["fill", "line"]);
const OF_PICTURES = ["fill-pattern", "line-pattern"];

/** The style's streets: vector tiles, else pictures; null where there is nothing to draw from. @param {Style} style @returns {Ground | null} */
export function groundOf(style) {
  const all = Object.entries(style.sources ?? {}).filter(([, each]) => each.url !== undefined || each.tiles !== undefined);
  const [name, source] = all.find(([, each]) => each.type === "vector") ?? all.find(([, each]) => each.type === "raster") ?? [];
  return name === undefined || source === undefined ? null : { name, source };
}

/** Relative to what names it; a template's braces stay. @param {string} address @param {string} from */
export function absolute(address, from) {
  return new URL(address, from).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
}

/** Whether all of them are of the one origin that may be asked. @param {readonly string[]} tiles @param {string} origin */
export function areOf(tiles, origin) {
  return tiles.length > 0 && tiles.every((each) => new URL(each).origin === origin);
}

/** Which layers the tiles have, by their own list, else by what the style draws. @param {Style} style @param {Ground} ground @param {TileJson} told @returns {Set<string>} */
export function namesOf(style, ground, told) {
  if (told.vector_layers !== undefined) return new Set(told.vector_layers.map((each) => each.id));
  const drawn = (style.layers ?? []).filter((each) => each.source === ground.name);
  return new Set(drawn.flatMap((each) => (each["source-layer"] === undefined ? [] : [each["source-layer"]])));
}

/**
 * In the board's colours where it is known what the layers are, else as the style draws them; pictures are made quiet.
 * @param {Style} style @param {Ground} ground @param {ReadonlySet<string>} names @param {import("./map_look.js").Colours} of @returns {Layer[]}
 */
export function drawn(style, ground, names, of) {
  if (ground.source.type === "raster") {
    return [{ id: "streets-pictures", type: "raster", source: "streets", paint: { "raster-saturation": -0.6, "raster-opacity": 0.7 } }];
  }
  if (schemaOf(names) !== null) return layers(names, of);
  return (style.layers ?? [])
    .filter((each) => each.source === ground.name && DRAWN.has(String(each.type)) && !OF_PICTURES.some((one) => one in (each.paint ?? {})))
    .map((each) => /** @type {Layer} */ (/** @type {unknown} */ ({ ...each, id: `streets-${each.id}`, source: "streets" })));
}
