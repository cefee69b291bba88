// What stands on the map: features by a key of their own, and which of them are new, changed or gone. Pure.

import { circle, moved, spread } from "./geo.js";

/** @typedef {import("./order.js").Incident} Incident */
/** @typedef {import("console-api").components["schemas"]["Defibrillator"]} Defibrillator */
/** @typedef {import("console-api").components["schemas"]["Person"]} Person */
/** @typedef {{type: "Feature", id: string, geometry: {type: "Point", coordinates: import("./geo.js").LonLat} | {type: "Polygon", coordinates: import("./geo.js").LonLat[][]} | {type: "LineString", coordinates: import("./geo.js").LonLat[]}, properties: Record<string, string | number | boolean>}} Feature */
/** @typedef {Map<string, Feature>} Features */
/** @typedef {(person: Person) => string} Label */

/** How far beside the patient those stand who say that they are there. */
const BESIDE_M = 45;

/**
 * Everything of one incident but its defibrillators. A hjerteløber stands somewhere in the area they are in, beside the
 * patient once they say they are there, and otherwise, where nobody may know more than how far away they are, on a line to the
 * east: a distance and no direction.
 * @param {Incident} incident @param {string} label @param {Label} labelOf @returns {Feature[]}
 */
export function featuresOf(incident, label, labelOf) {
  const at = incident.at;
  if (at === null || at === undefined) return [];
  const id = incident.id;
  const found = [
    point(`${id}:patient`, [at.lon, at.lat], { incident: id, what: "patient", sign: "patient", label, needs: incident.needs.length > 0 }),
    ring(`${id}:reach`, circle(at.lat, at.lon, incident.reach_m, 96), { incident: id, what: "reach" }),
  ];
  if (at.accuracy_m !== null && at.accuracy_m !== undefined && at.accuracy_m > 0) {
    found.push(ring(`${id}:accuracy`, circle(at.lat, at.lon, at.accuracy_m), { incident: id, what: "accuracy" }));
  }
  incident.areas.forEach((area, number) => {
    found.push(ring(`${id}:area:${number}`, circle(area.lat, area.lon, area.radius_m, 6), { incident: id, what: "area", people: area.people }));
  });
  found.push(...people(incident, at, labelOf));
  return found;
}

/** @param {Incident} incident @param {{lat: number, lon: number}} at @param {Label} labelOf */
function people(incident, at, labelOf) {
  const taking = incident.people.filter((each) => each.stage !== "over");
  /** @type {Map<string, Person[]>} */
  const groups = new Map();
  for (const each of taking) {
    const there = each.stage === "on_scene" || each.stage === "with_patient";
    const where = there ? "there" : each.area === null || each.area === undefined ? `far ${each.metres}` : `area ${each.area}`;
    groups.set(where, [...(groups.get(where) ?? []), each]);
  }
  /** @type {Feature[]} */
  const found = [];
  let furthest = 0;
  for (const [where, members] of groups) {
    members.forEach((each, number) => {
      const area = where.startsWith("area") ? incident.areas[/** @type {number} */ (each.area)] : undefined;
      let place;
      if (where === "there") place = spread(at.lat, at.lon, BESIDE_M + members.length * 4, number + 1, members.length + 1);
      else if (area) place = spread(area.lat, area.lon, area.radius_m * 0.7, number, members.length);
      else {
        furthest = Math.max(furthest, each.metres);
        place = moved(at.lat, at.lon, each.metres, -number * Math.max(18, each.metres * 0.06));
      }
      const properties = { incident: incident.id, what: "person", sign: each.stage, label: labelOf(each), rank: rank(each.stage) };
      found.push(point(`${incident.id}:${each.pseudonym}`, place, properties));
    });
  }
  if (furthest > 0) {
    const line = [/** @type {import("./geo.js").LonLat} */ ([at.lon, at.lat]), moved(at.lat, at.lon, furthest, 0)];
    found.push({
      type: "Feature",
      id: `${incident.id}:ladder`,
      geometry: { type: "LineString", coordinates: line },
      properties: { incident: incident.id, what: "ladder" },
    });
  }
  return found;
}

/** Who is drawn on top of whom. @param {string} stage */
function rank(stage) {
  return ["asked", "shown", "accepted", "en_route", "on_scene", "with_patient"].indexOf(stage);
}

/** @param {Defibrillator} aed @param {string} label @returns {Feature} */
export function featureOfAed(aed, label) {
  const sign = aed.reserved ? "aed_reserved" : `aed_${aed.open}`;
  return point(`aed:${aed.id}`, [aed.lon, aed.lat], { what: "aed", sign, label, incident: aed.incident ?? "" });
}

/**
 * What a source has to be told. A feature that is the same object is the same.
 * @param {ReadonlyMap<string, Feature>} shown @param {ReadonlyMap<string, Feature>} wanted
 * @returns {{remove: string[], add: Feature[]} | null}
 */
export function difference(shown, wanted) {
  const remove = [];
  const add = [];
  for (const id of shown.keys()) if (!wanted.has(id)) remove.push(id);
  for (const [id, each] of wanted) {
    const there = shown.get(id);
    if (there === each) continue;
    if (there !== undefined && JSON.stringify(there) === JSON.stringify(each)) continue;
    if (there !== undefined) remove.push(id);
    add.push(each);
  }
  return remove.length + add.length === 0 ? null : { remove, add };
}

/** @param {string} id @param {import("./geo.js").LonLat} coordinates @param {Feature["properties"]} properties @returns {Feature} */
function point(id, coordinates, properties) {
  return { type: "Feature", id, geometry: { type: "Point", coordinates }, properties: { ...properties, key: id } };
}

/** @param {string} id @param {import("./geo.js").LonLat[]} coordinates @param {Feature["properties"]} properties @returns {Feature} */
function ring(id, coordinates, properties) {
  return { type: "Feature", id, geometry: { type: "Polygon", coordinates: [coordinates] }, properties: { ...properties, key: id } };
}
