// A better place on the map before it is sent: where it was and where it will be, taken by the hand and put elsewhere.

import { circle } from "./geo.js";
import { colours } from "./map_look.js";
import { pulled } from "./revise_steps.js";
import { GeoJSONSource } from "../look/parts/maplibre-gl.mjs";

/** @typedef {import("./revise_steps.js").State} State */
/** @typedef {import("../look/parts/maplibre-gl.mjs").MapMouseEvent} MouseAt */

const NEAR_PX = 14;

export class DraftMap {
  /**
   * `taken`: the patient's sign was taken by the hand; false: it may not be moved now. `put`: it was let go of, or clicked, there.
   * @param {import("../look/parts/maplibre-gl.mjs").Map} map
   * @param {{taken: () => boolean, put: (lat: number, lon: number) => void, clicks: () => boolean}} hand
   */
  constructor(map, hand) {
    this.map = map;
    this.held = false;
    this.took = false;
    /** Where it was taken; null once it is pulled. @type {{x: number, y: number} | null} */
    this.from = null;
    map.on("mousedown", (event) => {
      this.took = false;
      if (event.originalEvent.button !== 0 || !this.isNear(event) || !hand.taken()) return;
      event.preventDefault(); // the map stays where it is
      this.held = this.took = true;
      this.from = event.point;
    });
    map.on("mousemove", (event) => {
      if (this.held) {
        if (this.from !== null && !pulled(this.from, event.point)) return;
        this.from = null;
        hand.put(event.lngLat.lat, event.lngLat.lng);
      } else map.getCanvas().style.cursor = this.isNear(event) ? "move" : "";
    });
    document.addEventListener("mouseup", () => {
      this.held = false;
    });
    map.on("click", (event) => {
      if (!this.took && hand.clicks()) hand.put(event.lngLat.lat, event.lngLat.lng);
    });
  }

  /** @param {MouseAt} event */
  isNear({ point }) {
    const layers = ["draft-point", "patients"].filter((each) => this.map.getLayer(each) !== undefined);
    /** @type {[[number, number], [number, number]]} */
    const box = [[point.x - NEAR_PX, point.y - NEAR_PX], [point.x + NEAR_PX, point.y + NEAR_PX]];
    return this.map.queryRenderedFeatures(box, { layers }).length > 0;
  }

  /** @param {State} state */
  show(state) {
    if (this.map.getSource("draft") === undefined) {
      if (state.step === "idle" || !this.map.isStyleLoaded()) return;
      this.addLayers();
    }
    const source = this.map.getSource("draft");
    if (source instanceof GeoJSONSource) source.setData({ type: "FeatureCollection", features: state.step === "idle" ? [] : features(state) });
  }

  /** Into the picture, where it is not. @param {number} lat @param {number} lon */
  goTo(lat, lon) {
    if (!this.map.getBounds().contains([lon, lat])) this.map.jumpTo({ center: [lon, lat] });
  }

  addLayers() {
    const of = colours();
    this.map.addSource("draft", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    this.map.addLayer({ id: "draft-accuracy", type: "line", source: "draft", filter: ["==", ["get", "what"], "accuracy"], paint: { "line-color": of.alarm, "line-width": 2, "line-dasharray": [2, 2] } });
    this.map.addLayer({ id: "draft-line", type: "line", source: "draft", filter: ["==", ["get", "what"], "line"], paint: { "line-color": of.alarm, "line-width": 3, "line-dasharray": [1, 1.5] } });
    this.map.addLayer({ id: "draft-point", type: "circle", source: "draft", filter: ["==", ["get", "what"], "point"], paint: { "circle-radius": 11, "circle-color": of.alarm, "circle-stroke-color": of.ground, "circle-stroke-width": 3 } });
    this.map.addLayer({ id: "draft-middle", type: "circle", source: "draft", filter: ["==", ["get", "what"], "point"], paint: { "circle-radius": 3, "circle-color": of.ground } });
  }
}

/** @param {State} state @returns {import("./map_data.js").Feature[]} */
function features({ from, to }) {
  /** @type {import("./map_data.js").Feature[]} */
  const made = [
    { type: "Feature", id: "line", properties: { what: "line" }, geometry: { type: "LineString", coordinates: [[from.lon, from.lat], [to.lon, to.lat]] } },
    { type: "Feature", id: "point", properties: { what: "point" }, geometry: { type: "Point", coordinates: [to.lon, to.lat] } },
  ];
  if (to.accuracy_m !== null && to.accuracy_m > 0) {
    made.push({ type: "Feature", id: "accuracy", properties: { what: "accuracy" }, geometry: { type: "LineString", coordinates: circle(to.lat, to.lon, to.accuracy_m) } });
  }
  return made;
}
