// The list of open incidents: one row each, made once and changed where something differs.

import { arrange, byId, element, write } from "./dom.js";
import { signElement } from "./sign.js";
import { age } from "./times.js";
import { say, sayOf } from "./words.js";

/** @typedef {import("./store.js").Incident} Incident */
/** @typedef {{row: HTMLLIElement, button: HTMLElement, number: Element, age: Element, where: Element, counts: Record<string, Element>, problems: Element, shown: string}} Row */

/** @type {readonly ["asked", "accepted", "en_route", "on_scene"]} */
const COUNTS = ["asked", "accepted", "en_route", "on_scene"];

export class List {
  /** @param {((id: string) => void) | null} picked null: nobody sits there to pick anything */
  constructor(picked) {
    this.picked = picked;
    this.where = byId("list");
    /** @type {Map<string, Row>} */
    this.rows = new Map();
    this.where.replaceChildren();
  }

  /** @param {readonly Incident[]} incidents @param {string | null} chosen @param {number} now */
  show(incidents, chosen, now) {
    const there = new Set(incidents.map((each) => each.id));
    for (const id of this.rows.keys()) if (!there.has(id)) this.rows.delete(id);
    const rows = incidents.map((each, number) => {
      const row = this.rows.get(each.id) ?? this.made(each);
      this.fill(row, each, number);
      if (this.picked !== null) row.button.setAttribute("aria-current", String(each.id === chosen));
      return row.row;
    });
    arrange(this.where, rows);
    write(byId("how-many"), say("open_incidents", incidents.length));
    byId("none").hidden = incidents.length > 0;
    this.tick(incidents, now);
  }

  /** The clocks alone. @param {readonly Incident[]} incidents @param {number} now */
  tick(incidents, now) {
    for (const each of incidents) {
      const row = this.rows.get(each.id);
      if (row) write(row.age, age((now - Date.parse(each.opened_at)) / 1000));
    }
  }

  /** Into view, and with the keyboard's focus. @param {string} id @param {boolean} focus */
  reveal(id, focus) {
    const row = this.rows.get(id);
    row?.row.scrollIntoView({ block: "nearest" });
    if (focus) row?.button.focus({ preventScroll: true });
  }

  /** @param {Incident} incident @returns {Row} */
  made(incident) {
    const number = element("span", { class: "number", "aria-hidden": "true" });
    const clock = element("span", { class: "age" });
    const where = element("span", { class: "where" });
    /** @type {Record<string, Element>} */
    const counts = {};
    const figures = element("span", { class: "counts" });
    for (const name of COUNTS) {
      counts[name] = element("b", {}, "0");
      figures.append(
        element("span", { class: `count ${name}` }, signElement(name), counts[name], " ", element("small", {}, say(name))),
      );
    }
    const problems = element("span", { class: "problems" });
    const picked = this.picked;
    const button = element(
      picked === null ? "div" : "button",
      picked === null ? { class: "still" } : { type: "button" },
      element("span", { class: "line" }, number, element("span", { class: "case" }, say("case", incident.case_number)), clock),
      where,
      figures,
      problems,
    );
    if (picked !== null) button.addEventListener("click", () => picked(incident.id));
    const row = { row: element("li", {}, button), button, number, age: clock, where, counts, problems, shown: "" };
    this.rows.set(incident.id, row);
    return row;
  }

  /** @param {Row} row @param {Incident} incident @param {number} number */
  fill(row, incident, number) {
    write(row.number, number < 9 ? String(number + 1) : "");
    if (row.shown === incident.mark) return;
    row.shown = incident.mark;
    row.row.className = incident.needs.length > 0 ? "incident needs" : "incident";
    write(row.where, incident.where ?? say("unknown_place"));
    for (const name of COUNTS) write(/** @type {Element} */ (row.counts[name]), String(incident.counts[name]));
    row.problems.replaceChildren(
      ...incident.needs.map((each) => element("span", { class: "problem" }, signElement("needs"), sayOf("needs", each))),
    );
  }
}
