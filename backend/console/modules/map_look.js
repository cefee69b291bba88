// How the map looks: its style, in the page's own colours, and its signs, drawn by ourselves.

import { PATHS } from "./symbols.js";

/** @typedef {Record<"ground" | "panel" | "text" | "soft" | "accent" | "alarm" | "yes" | "patient" | "aed" | "away" | "water" | "land" | "border" | "bad" | "road" | "building" | "green", string>} Colours */

const NAMES = /** @type {const} */ (["ground", "panel", "text", "soft", "accent", "alarm", "yes", "patient", "aed", "away", "water", "land", "border", "bad", "road", "building", "green"]);
const FONT = ["Plex"];
const SIZE = 24;
const SHARP = 2;

/** The page's colours as its style sheet has them just now. @returns {Colours} */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  return /** @type {Colours} */ (Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])));
}

/** Sign by sign: which path, in which colour. @param {Colours} of */
function signs(of) {
  return {
    asked: { path: PATHS.asked, colour: of.text },
    shown: { path: PATHS.shown, colour: of.text },
    accepted: { path: PATHS.accepted, colour: of.accent },
    en_route: { path: PATHS.en_route, colour: of.accent },
    on_scene: { path: PATHS.on_scene, colour: of.yes },
    with_patient: { path: PATHS.with_patient, colour: of.yes },
    patient: { path: PATHS.patient, colour: of.patient },
    aed_open: { path: PATHS.aed, colour: of.aed },
    aed_closed: { path: PATHS.aed_closed, colour: of.away },
    aed_unknown: { path: PATHS.aed_unknown, colour: of.away },
    aed_reserved: { path: PATHS.aed_reserved, colour: of.aed },
  };
}

/** Puts every sign on a map. @param {import("../look/parts/maplibre-gl.mjs").Map} map @param {Colours} of */
export function addSigns(map, of) {
  for (const [name, sign] of Object.entries(signs(of))) {
    const image = drawn(sign, of.ground);
    if (map.hasImage(name)) map.updateImage(name, image);
    else map.addImage(name, image, { pixelRatio: SHARP });
  }
}

/** @param {{path: string, colour: string}} sign @param {string} halo */
function drawn(sign, halo) {
  const room = 4;
  const side = (SIZE + 2 * room) * SHARP;
  const canvas = new OffscreenCanvas(side, side);
  const pen = canvas.getContext("2d");
  if (pen === null) throw new Error("no canvas");
  pen.scale(SHARP, SHARP);
  pen.translate(room, room);
  const shape = new Path2D(sign.path);
  pen.lineJoin = "round";
  pen.strokeStyle = halo;
  pen.lineWidth = 5;
  pen.stroke(shape);
  pen.fillStyle = sign.colour;
  pen.fill(shape, "evenodd");
  return pen.getImageData(0, 0, side, side);
}

/**
 * The style: the ground, the project's own areas and places, and what stands on them. Coarse coasts are a kilometre off, so
 * near the ground there is no water to be seen unless streets came with it.
 * @param {Colours} of @param {string} base address of the areas and places
 * @returns {import("../look/parts/maplibre-gl.mjs").StyleSpecification}
 */
export function style(of, base) {
  const big = parseFloat(getComputedStyle(document.documentElement).fontSize) / 15;
  const none = { type: /** @type {const} */ ("FeatureCollection"), features: [] };
  const board = () => ({ type: /** @type {const} */ ("geojson"), data: none, promoteId: "key", tolerance: 0, buffer: 32 });
  return {
    version: 8,
    sources: {
      base: { type: "geojson", data: base },
      searched: { type: "geojson", data: none },
      shapes: board(),
      aeds: board(),
      people: board(),
      patients: board(),
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": ["interpolate", ["linear"], ["zoom"], 10, of.water, 11.5, of.land] } },
      { id: "land", type: "fill", source: "base", filter: ["==", ["get", "what"], "area"], paint: { "fill-color": of.land } },
      {
        id: "borders",
        type: "line",
        source: "base",
        filter: ["==", ["get", "what"], "area"],
        paint: { "line-color": of.border, "line-width": 1, "line-opacity": ["interpolate", ["linear"], ["zoom"], 10, 0.9, 12, 0.25] },
      },
      {
        id: "places",
        type: "symbol",
        source: "base",
        filter: ["all", ["==", ["get", "what"], "place"], [">=", ["get", "people"], ["step", ["zoom"], 60_000, 7.5, 15_000, 9, 3_000, 10.5, 0]]],
        layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": ["interpolate", ["linear"], ["zoom"], 6, 12 * big, 13, 16 * big], "symbol-sort-key": ["-", 0, ["get", "people"]] },
        paint: { "text-color": of.soft, "text-halo-color": of.land, "text-halo-width": 1.6 },
      },
      { id: "reach", type: "line", source: "shapes", filter: onlyOf("reach", ""), paint: { "line-color": of.soft, "line-width": 1.4, "line-dasharray": [4, 3] } },
      { id: "searched", type: "line", source: "searched", paint: { "line-color": of.soft, "line-width": 1, "line-opacity": 0.55 } },
      { id: "area", type: "fill", source: "shapes", filter: onlyOf("area", ""), paint: { "fill-color": of.accent, "fill-opacity": 0.12 } },
      { id: "area-edge", type: "line", source: "shapes", filter: onlyOf("area", ""), paint: { "line-color": of.accent, "line-width": 1.2, "line-opacity": 0.7 } },
      { id: "accuracy", type: "fill", source: "shapes", minzoom: 10, filter: ["==", ["get", "what"], "accuracy"], paint: { "fill-color": of.patient, "fill-opacity": 0.16 } },
      { id: "accuracy-edge", type: "line", source: "shapes", minzoom: 10, filter: ["==", ["get", "what"], "accuracy"], paint: { "line-color": of.patient, "line-width": 1.6 } },
      { id: "ladder", type: "line", source: "shapes", filter: onlyOf("ladder", ""), paint: { "line-color": of.soft, "line-width": 1.4, "line-dasharray": [1, 2] } },
      {
        id: "aeds",
        type: "symbol",
        source: "aeds",
        minzoom: 11.5,
        layout: {
          "icon-image": ["get", "sign"],
          "icon-size": ["interpolate", ["linear"], ["zoom"], 12, 0.6 * big, 15, 0.95 * big],
          "icon-allow-overlap": true,
          "text-field": ["step", ["zoom"], "", 14.5, ["get", "label"]],
          "text-font": FONT,
          "text-size": 12 * big,
          "text-max-width": 16,
          "text-offset": [0, 1.2],
          "text-anchor": "top",
          "text-optional": true,
        },
        paint: { "text-color": of.text, "text-halo-color": of.ground, "text-halo-width": 1.6 },
      },
      {
        id: "people",
        type: "symbol",
        source: "people",
        minzoom: 9.5,
        layout: {
          "icon-image": ["get", "sign"],
          "icon-size": ["interpolate", ["linear"], ["zoom"], 10, 0.55 * big, 15, 1 * big],
          "icon-allow-overlap": true,
          "icon-ignore-placement": true,
          "symbol-sort-key": ["get", "rank"],
        },
      },
      {
        id: "people-words",
        type: "symbol",
        source: "people",
        minzoom: 12.5,
        filter: onlyOf("person", ""),
        layout: { "text-field": ["get", "label"], "text-font": FONT, "text-size": 12.5 * big, "text-max-width": 20, "text-offset": [0, 1.15], "text-anchor": "top", "text-optional": true },
        paint: { "text-color": of.text, "text-halo-color": of.ground, "text-halo-width": 1.8 },
      },
      {
        id: "chosen",
        type: "circle",
        source: "patients",
        filter: onlyOf("patient", ""),
        paint: { "circle-radius": 21 * big, "circle-color": "rgba(0,0,0,0)", "circle-stroke-color": of.accent, "circle-stroke-width": 3.5 },
      },
      {
        id: "patients",
        type: "symbol",
        source: "patients",
        layout: {
          "icon-image": "patient",
          "icon-size": ["interpolate", ["linear"], ["zoom"], 6, 0.8 * big, 14, 1.25 * big],
          "icon-allow-overlap": true,
          "text-field": ["get", "label"],
          "text-font": FONT,
          "text-size": 14 * big,
          "text-variable-anchor": ["bottom", "top", "left", "right"],
          "text-radial-offset": 1.5,
          "text-allow-overlap": false,
          "text-optional": true,
        },
        paint: { "text-color": of.text, "text-halo-color": of.ground, "text-halo-width": 2 },
      },
    ],
  };
}

/** What of one kind belongs to one incident. @param {string} what @param {string} incident @returns {import("../look/parts/maplibre-gl.mjs").FilterSpecification} */
export function onlyOf(what, incident) {
  return ["all", ["==", ["get", "what"], what], ["==", ["get", "incident"], incident]];
}

/** Layers that show the chosen incident alone, with what they show. */
export const OF_CHOSEN = /** @type {const} */ ([
  ["reach", "reach"],
  ["area", "area"],
  ["area-edge", "area"],
  ["ladder", "ladder"],
  ["people-words", "person"],
  ["chosen", "patient"],
]);
