// The chosen incident in words: everything the map shows of it.

import { arrange, byId, element, write } from "./dom.js";
import { signElement } from "./sign.js";
import { age, clock, roughAge } from "./times.js";
import { say, sayOf } from "./words.js";

/** @typedef {import("./store.js").Incident} Incident */
/** @typedef {import("./store.js").Defibrillator} Defibrillator */

/** Who is nearest to helping first. */
const RANK = ["with_patient", "on_scene", "en_route", "accepted", "shown", "asked", "over"];

export class Details {
  constructor() {
    this.where = byId("details");
    this.heading = byId("details-heading");
    this.age = element("p", { class: "big-age" });
    this.body = element("div", { class: "body" });
    /** @type {Incident | null} */
    this.incident = null;
    this.shown = "";
    /** @type {string | null} */
    this.last = null;
  }

  /** @param {Incident | null} incident @param {ReadonlyMap<string, Defibrillator>} aeds @param {number} now */
  show(incident, aeds, now) {
    this.incident = incident;
    if (incident === null) {
      write(this.heading, say("chosen"));
      const ended = this.last === null ? "" : `${say("has_ended", this.last)} `;
      arrange(this.where, [this.heading, element("p", { class: "hint" }, ended + say("choose_one"))]);
      this.shown = "";
      return;
    }
    this.last = incident.case_number;
    write(this.heading, say("case", incident.case_number));
    const near = nearest(incident, aeds);
    const shown = incident.mark + near.map((each) => each.id + each.open + String(each.reserved)).join();
    if (shown !== this.shown) {
      this.shown = shown;
      this.body.replaceChildren(opener(incident), ...problems(incident), place(incident), people(incident), defibrillators(near, incident));
    }
    arrange(this.where, [this.heading, this.age, this.body]);
    this.tick(now);
  }

  /** @param {number} now */
  tick(now) {
    if (this.incident !== null) write(this.age, age((now - Date.parse(this.incident.opened_at)) / 1000));
  }
}

/** @param {Incident} incident */
function opener(incident) {
  return element("p", {}, element("a", { class: "button", href: `/konsol/haendelser/${incident.id}` }, say("open_it")));
}

/** @param {Incident} incident */
function problems(incident) {
  return incident.needs.map((each) => element("p", { class: "problem" }, signElement("needs"), sayOf("needs", each)));
}

/** @param {Incident} incident */
function place(incident) {
  const lines = element("dl", { class: "facts" });
  const add = (/** @type {string} */ name, /** @type {string} */ value) => lines.append(element("dt", {}, name), element("dd", {}, value));
  if (incident.at !== null) {
    add(say("coordinates"), `${incident.at.lat.toFixed(5)}, ${incident.at.lon.toFixed(5)}`);
    add(say("accuracy_of"), incident.at.accuracy_m === null ? say("accuracy_unknown") : say("accuracy", Math.round(incident.at.accuracy_m)));
    if (!incident.at.readable) lines.append(element("dd", { class: "problem" }, say("exact_place_hidden")));
  }
  add(say("place"), incident.where ?? say("unknown_place"));
  add(say("reach_of"), say("reach", incident.reach_m));
  return lines;
}

/** @param {Incident} incident */
function people(incident) {
  const section = element("section", {}, element("h3", {}, say("people")));
  const sorted = [...incident.people].sort((a, b) => RANK.indexOf(a.stage) - RANK.indexOf(b.stage) || a.metres - b.metres);
  if (sorted.length === 0) section.append(element("p", { class: "hint" }, say("nobody")));
  else section.append(element("ul", { class: "people" }, ...sorted.map((each) => person(each, incident))));
  return section;
}

/** @param {Incident["people"][number]} each @param {Incident} incident */
function person(each, incident) {
  const state = each.stage === "over" ? sayOf("states", each.state) : sayOf("stages", each.stage);
  const seen = each.position_age_s === null ? say("position_unknown") : say("ago", roughAge(each.position_age_s));
  const area = each.area === null || each.area === undefined ? null : incident.areas[each.area];
  const line = element(
    "li",
    { class: `person ${each.stage}` },
    signElement(each.stage),
    element("b", {}, state),
    element("span", { class: "pseudonym" }, each.pseudonym),
    element("span", {}, say("within_m", each.metres)),
  );
  const more = [each.role === null ? "" : sayOf("roles", each.role), seen];
  if (each.expected_arrival_at !== null && each.stage !== "on_scene" && each.stage !== "with_patient") {
    more.push(`${say("expected")} ${clock(Date.parse(each.expected_arrival_at))}`);
  }
  if (area) more.push(say("area_of", area.people));
  if (!each.told) more.push(say("not_told"));
  line.append(element("small", {}, more.filter(Boolean).join(" · ")));
  return line;
}

/** @param {readonly Defibrillator[]} near @param {Incident} incident */
function defibrillators(near, incident) {
  const section = element("section", {}, element("h3", {}, say("defibrillators")));
  if (near.length === 0) section.append(element("p", { class: "hint" }, say("no_defibrillators")));
  section.append(element("ul", { class: "aeds" }, ...near.map((each) => defibrillator(each, incident))));
  return section;
}

/** @param {Defibrillator} each @param {Incident} incident */
function defibrillator(each, incident) {
  const by = each.incident === incident.id && each.pseudonym !== null ? say("reserved_by", each.pseudonym) : say("reserved_elsewhere");
  const more = [each.reserved ? by : say("free"), each.condition === "in_place" ? "" : sayOf("conditions", each.condition)];
  if (each.made_up) more.push(say("made_up"));
  return element(
    "li",
    { class: `aed ${each.open}` },
    signElement(each.reserved ? "aed_reserved" : each.open === "open" ? "aed" : `aed_${each.open}`),
    element("b", {}, sayOf("opens", each.open)),
    element("span", {}, each.name ?? ""),
    element("small", {}, more.filter(Boolean).join(" · ")),
  );
}

/** Those about this patient, and what its hjerteløbere fetch. @param {Incident} incident @param {ReadonlyMap<string, Defibrillator>} aeds */
function nearest(incident, aeds) {
  const at = incident.at;
  if (at === null) return [];
  const away = (/** @type {Defibrillator} */ each) =>
    Math.hypot((each.lat - at.lat) * 111_195, (each.lon - at.lon) * 111_195 * Math.cos((at.lat * Math.PI) / 180));
  return [...aeds.values()]
    .filter((each) => each.incident === incident.id || away(each) <= 1_200)
    .sort((one, other) => Number(other.incident === incident.id) - Number(one.incident === incident.id) || away(one) - away(other))
    .slice(0, 12);
}
