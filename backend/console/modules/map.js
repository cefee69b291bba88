// The map: it is told what there is, and draws what differs, at most four times a second.

import { difference, featureOfAed, featuresOf } from "./map_data.js";
import { addSigns, colours, OF_CHOSEN, onlyOf, style } from "./map_look.js";
import { asTyped } from "./point.js";
import { addStreets } from "./streets.js";
import { roughAge } from "./times.js";
import { say, sayOf } from "./words.js";
import { GeoJSONSource, Map as MapLibre, setWorkerUrl } from "../look/parts/maplibre-gl.mjs";

/** @typedef {import("./store.js").Incident} Incident */
/** @typedef {import("./store.js").Defibrillator} Defibrillator */
/** @typedef {import("./map_data.js").Feature} Feature */

const APART_MS = 250;
const DENMARK = /** @type {[number, number, number, number]} */ ([7.9, 54.5, 15.3, 57.8]);
const SOURCES = /** @type {const} */ (["shapes", "aeds", "people", "patients"]);
const SHAPES = new Set(["reach", "accuracy", "area", "ladder"]);

/** A worker has a policy of its own, and a browser keeps it with the file: by another address where another origin may be asked. */
const FROM = encodeURIComponent(document.getElementById("map")?.dataset["from"] ?? "");
setWorkerUrl(new URL(`../look/parts/maplibre-gl-worker.mjs${FROM === "" ? "" : `?${FROM}`}`, import.meta.url).href);

export class BoardMap {
  /** @param {HTMLElement} where @param {(incident: string) => void} picked */
  constructor(where, picked) {
    this.picked = picked;
    /** @type {Record<string, Map<string, Feature>>} */
    this.shown = Object.fromEntries(SOURCES.map((each) => [each, new Map()]));
    /** @type {Map<string, {mark: string, number: number, features: Feature[]}>} */
    this.made = new Map();
    /** @type {readonly Incident[]} */
    this.incidents = [];
    /** @type {ReadonlyMap<string, Defibrillator>} */
    this.aeds = new Map();
    /** @type {string | null} */
    this.chosen = null;
    this.ready = false;
    this.searched = "";
    this.drawnAt = 0;
    /** @type {ReturnType<typeof setTimeout> | null} */
    this.waiting = null;
    this.map = new MapLibre({
      container: where,
      style: style(colours(), "/konsol/data/kort"),
      bounds: DENMARK,
      fitBoundsOptions: { padding: 20 },
      attributionControl: false,
      dragRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      maxZoom: 18,
      locale: { "Map.Title": say("map") },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.on("load", () => void this.begins());
    this.map.on("contextmenu", (event) => {
      const point = asTyped(event.lngLat.lat, event.lngLat.lng, this.map.getZoom());
      document.dispatchEvent(new CustomEvent("board:point", { detail: { point } }));
    });
    this.map.on("moveend", () => {
      const middle = this.map.getCenter();
      where.dataset["middle"] = asTyped(middle.lat, middle.lng, this.map.getZoom()); // where N means, on the map
    });
    this.map.on("click", (event) => {
      const box = /** @type {[[number, number], [number, number]]} */ ([[event.point.x - 8, event.point.y - 8], [event.point.x + 8, event.point.y + 8]]);
      const [hit] = this.map.queryRenderedFeatures(box, { layers: ["patients", "people"] });
      if (hit) this.picked(String(hit.properties["incident"]));
    });
  }

  async begins() {
    await document.fonts.load("16px Plex");
    addSigns(this.map, colours());
    this.ready = true;
    this.draw();
    this.choose(this.chosen, true);
    await addStreets(this.map, colours());
  }

  /** @param {readonly Incident[]} incidents in the order of the list @param {ReadonlyMap<string, Defibrillator>} aeds */
  show(incidents, aeds) {
    this.incidents = incidents;
    this.aeds = aeds;
    if (this.waiting !== null || !this.ready) return;
    this.waiting = setTimeout(() => {
      this.waiting = null;
      this.draw();
    }, Math.max(0, this.drawnAt + APART_MS - performance.now()));
  }

  draw() {
    this.drawnAt = performance.now();
    /** @type {Record<string, Map<string, Feature>>} */
    const wanted = Object.fromEntries(SOURCES.map((each) => [each, new Map()]));
    const there = new Set();
    this.incidents.forEach((incident, number) => {
      there.add(incident.id);
      for (const each of this.featuresOf(incident, number)) {
        const what = String(each.properties["what"]);
        const source = SHAPES.has(what) ? "shapes" : what === "person" ? "people" : "patients";
        wanted[source]?.set(each.id, each);
      }
    });
    for (const id of this.made.keys()) if (!there.has(id)) this.made.delete(id);
    for (const each of this.aeds.values()) {
      const feature = featureOfAed(each, `${sayOf("opens", each.open)}${each.name === null ? "" : ` · ${each.name}`}`);
      wanted["aeds"]?.set(feature.id, feature);
    }
    for (const name of SOURCES) {
      const shown = this.shown[name] ?? new Map();
      const next = wanted[name] ?? new Map();
      const diff = difference(shown, next);
      this.shown[name] = next;
      const source = this.map.getSource(name);
      if (diff !== null && source instanceof GeoJSONSource) void source.updateData({ remove: diff.remove, add: /** @type {never} */ (diff.add) });
    }
  }

  /** Made anew only where the incident changed. @param {Incident} incident @param {number} number */
  featuresOf(incident, number) {
    const made = this.made.get(incident.id);
    if (made !== undefined && made.mark === incident.mark && made.number === number) return made.features;
    const label = `${number < 9 ? `${number + 1} · ` : ""}${incident.case_number}`;
    const features = featuresOf(incident, label, (person) => {
      const seen = person.position_age_s === null ? say("position_unknown") : say("ago", roughAge(person.position_age_s));
      return `${sayOf("stages", person.stage)}\n${say("within_m", person.metres)} · ${seen}`;
    });
    this.made.set(incident.id, { mark: incident.mark, number, features });
    return features;
  }

  /** @param {string | null} id @param {boolean} move whether to go there */
  choose(id, move) {
    this.chosen = id;
    if (!this.ready) return;
    for (const [layer, what] of OF_CHOSEN) this.map.setFilter(layer, onlyOf(what, id ?? ""));
    const incident = this.incidents.find((each) => each.id === id);
    void this.drawSearched(incident ?? null);
    if (!move || !incident?.at) return;
    const { lat, lon } = incident.at;
    const taking = incident.people.filter((each) => each.stage !== "over");
    const around = Math.max(450, incident.at.accuracy_m ?? 0, ...taking.map((each) => Math.min(each.metres, 3_000)));
    this.map.jumpTo({ center: [lon, lat], zoom: this.zoomFor(around, lat) });
  }

  /** The cells it is searched in, asked for once for each place and reach. @param {Incident | null} incident */
  async drawSearched(incident) {
    const source = this.map.getSource("searched");
    if (!(source instanceof GeoJSONSource)) return;
    const key = incident === null ? "" : `${incident.id} ${incident.revision} ${incident.reach_m}`;
    if (key === this.searched) return;
    this.searched = key;
    /** @type {[number, number][]} */
    let ring = [];
    try {
      const answer = incident === null ? null : await fetch(`/konsol/data/soegt/${incident.id}`, { signal: AbortSignal.timeout(4_000) });
      const told = answer?.ok ? /** @type {import("console-api").components["schemas"]["Searched"]} */ (await answer.json()) : null;
      ring = (told?.corners ?? []).map((corner) => [corner.lon, corner.lat]);
    } catch {
      if (this.searched === key) this.searched = ""; // asked again with the next choice
    }
    if (this.searched !== key && ring.length > 0) return; // another one is chosen by now
    const [first] = ring;
    source.setData({
      type: "FeatureCollection",
      features: first === undefined ? [] : [{ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: [...ring, first] } }],
    });
  }

  /** Everything at once. */
  showAll() {
    const points = this.incidents.flatMap((each) => (each.at ? [each.at] : []));
    if (points.length === 0) return this.map.fitBounds(DENMARK, { padding: 20, animate: false });
    const lats = points.map((each) => each.lat);
    const lons = points.map((each) => each.lon);
    const box = /** @type {[number, number, number, number]} */ ([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]);
    return this.map.fitBounds(box, { padding: Math.round(Math.min(this.map.getCanvas().clientWidth, this.map.getCanvas().clientHeight) / 8), maxZoom: 13, animate: false });
  }

  /** @param {number} around metres @param {number} lat */
  zoomFor(around, lat) {
    const canvas = this.map.getCanvas();
    const pixels = Math.min(canvas.clientWidth, canvas.clientHeight) / 2 - 40;
    const perPixel = around / Math.max(60, pixels);
    return Math.min(17, Math.log2((78_271.5 * Math.cos((lat * Math.PI) / 180)) / perPixel));
  }
}

/** Whether the browser can draw a map at all. */
export function canDraw() {
  return document.createElement("canvas").getContext("webgl2") !== null;
}
