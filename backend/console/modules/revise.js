// A better place for the patient: dragged or clicked on the map, moved by arrows, or found in the one box; seen first, then sent.

import { post } from "./asking_server.js";
import * as steps from "./by_hand_steps.js";
import { byId, write } from "./dom.js";
import { DraftMap } from "./draft_map.js";
import { typesIn } from "./keys.js";
import { OneBox, understood } from "./one_box.js";
import { pointedWithin } from "./point.js";
import { begun, body, cameThrough, change, found, IDLE, maySend, measured, newAddress, nudged, overtaken, put, sending, sends, unsent } from "./revise_steps.js";
import { say, sayOf } from "./words.js";

/** @typedef {import("./revise_steps.js").State} State */
/** @typedef {import("console-api").components["schemas"]["IncidentSeen"]} IncidentSeen */
/** @typedef {import("console-api").components["schemas"]["PlaceFound"]} Place */

/** Where there is no map to tell how exactly somebody points. */
const WITHOUT_A_MAP_ZOOM = 17;

export class Revise {
  /** @param {string} incident @param {import("../look/parts/maplibre-gl.mjs").Map | null} map */
  constructor(incident, map) {
    this.incident = incident;
    this.map = map;
    this.section = byId("revise");
    this.panel = byId("draft");
    this.send = /** @type {HTMLButtonElement} */ (byId("draft-send"));
    this.accuracy = /** @type {HTMLInputElement} */ (byId("draft-accuracy"));
    this.box = /** @type {HTMLInputElement} */ (byId("box"));
    /** @type {State} */
    this.state = IDLE;
    this.typed = { ...steps.START, typed: this.box.value };
    /** Where the server says the patient is, and of which revision. @type {{at: import("./revise_steps.js").At, revision: number} | null} */
    this.known = null;
    this.onMap = map === null ? null : new DraftMap(map, { taken: () => this.begin(), put: (lat, lon) => this.put(lat, lon), clicks: () => this.state.step === "moving" });
    this.search = new OneBox({ box: this.box, hits: byId("hits"), counted: byId("found-says") }, {
      typed: (text) => this.seek(steps.typing(this.typed, text)),
      came: (text, places) => this.seek(text.trim() === "" ? { ...this.typed, foundFor: text, places: [] } : steps.found(this.typed, text, places, Date.now())),
      moved: (by) => this.seek(steps.moved(this.typed, by)),
      entered: (held) => this.enter(held),
      picked: (number) => {
        this.seek({ ...this.typed, active: number, foundFor: this.typed.typed });
        this.enter(false);
      },
      failed: (text) => this.says(text ?? say("unanswered")),
    });
    byId("find-button").hidden = true;
    const begin = byId("draft-begin");
    begin.hidden = false;
    begin.addEventListener("click", () => this.byKeys());
    byId("draft-leave").addEventListener("click", () => this.leave());
    this.send.addEventListener("click", () => {
      if (sends(this.state, Date.now(), false)) void this.go();
    });
    this.accuracy.addEventListener("input", () => this.become(measured(this.state, this.accuracy.value)));
    this.accuracy.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing && sends(this.state, Date.now(), event.repeat)) void this.go();
    });
    document.addEventListener("keydown", (event) => this.pressed(event));
    this.seek(this.typed);
  }

  /** What the server says by now. @param {IncidentSeen} seen */
  seen(seen) {
    const at = seen.board.at;
    this.known = seen.state === "open" && seen.may_change && at !== null && at !== undefined ? { at: { lat: at.lat, lon: at.lon, accuracy_m: at.accuracy_m ?? null }, revision: seen.board.revision } : null;
    this.section.hidden = this.known === null;
    if (this.known === null) return this.leave();
    if (this.state.step === "idle") return;
    if (cameThrough(this.state, this.known.at, this.known.revision)) return this.sent(this.known.revision);
    this.become(overtaken(this.state, this.known.revision));
  }

  /** @param {number} revision */
  sent(revision) {
    this.leave();
    this.says(say("place_sent", revision));
  }

  /** R, or the button: by arrows from here on. */
  byKeys() {
    if (!this.begin()) return;
    this.section.scrollIntoView({ block: "nearest" });
    this.panel.focus();
  }

  /** @returns {boolean} whether it may be moved now */
  begin() {
    if (this.known === null || this.state.step === "sending") return false;
    this.says("");
    this.become(begun(this.state, this.known.at, this.known.revision));
    this.map?.keyboard.disable(); // the arrows are the point's
    return true;
  }

  /** @param {number} lat @param {number} lon */
  put(lat, lon) {
    this.become(put(this.state, lat, lon, this.within()));
    if (!this.panel.contains(document.activeElement)) this.send.focus({ preventScroll: true });
  }

  /** How exactly somebody means a point on what they see. */
  within() {
    return pointedWithin(this.state.to.lat, this.map?.getZoom() ?? WITHOUT_A_MAP_ZOOM);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (this.state.step === "idle" || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (document.querySelector("dialog[open]") !== null) return;
    const where = event.target instanceof HTMLElement ? event.target : null;
    if (event.key === "Escape") this.leave();
    else if (typesIn(where)) return;
    else if (event.key === "Enter") {
      if (where !== null && where !== this.panel && where.matches("a, button, summary") && !(where === this.send && event.repeat)) return; // those have an Enter of their own
      if (sends(this.state, Date.now(), event.repeat)) void this.go();
    } else {
      const next = nudged(this.state, event.key, event.shiftKey, this.within());
      if (next === null) return;
      this.become(next);
      this.onMap?.goTo(next.to.lat, next.to.lon);
    }
    event.preventDefault();
  }

  /** @param {typeof this.typed} next */
  seek(next) {
    this.typed = next;
    this.search.show(next, next.step === "typing");
  }

  /** @param {boolean} held */
  enter(held) {
    const { state, does } = steps.entered(this.typed, Date.now(), held);
    if (does === "fill") this.box.value = state.typed;
    this.seek(state);
    if (does === "find" || does === "fill") void this.search.find(state.typed);
    if (does === "chosen" && state.chosen !== null) this.found(state.chosen);
  }

  /** @param {Place} place */
  found(place) {
    this.seek({ ...steps.START, typed: "" });
    this.box.value = "";
    if (!this.begin()) return;
    this.become(found(this.state, place, Date.now()));
    this.says(understood(place).slice(1).join(" · "));
    this.onMap?.goTo(place.lat, place.lon);
    this.send.focus();
  }

  async go() {
    const before = this.state.based_on;
    this.says("");
    this.become(sending(this.state));
    const { told, why } = await post(`/konsol/data/haendelser/${this.incident}/ret`, body(this.state));
    if (why !== null) {
      this.become(unsent(this.state));
      this.says(why);
      this.send.focus();
      return;
    }
    const { revision } = /** @type {{revision: number}} */ (told);
    if (revision !== before) return this.sent(revision);
    this.leave();
    this.says(say("place_no_better"));
  }

  leave() {
    if (this.state.step === "idle") return;
    this.become(IDLE);
    this.says("");
    this.map?.keyboard.enable();
    byId("draft-begin").focus({ preventScroll: true });
  }

  /** @param {string} text */
  says(text) {
    write(byId("revise-says"), text);
  }

  /** @param {State} state */
  become(state) {
    this.state = state;
    this.panel.hidden = state.step === "idle";
    this.onMap?.show(state);
    if (state.step === "idle") return;
    const { metres, wind, moves } = change(state);
    write(byId("draft-says"), moves ? say("moves", metres, sayOf("directions", wind)) : say("stays"));
    write(byId("draft-place"), `${state.to.lat.toFixed(5)}, ${state.to.lon.toFixed(5)}`);
    write(byId("draft-was"), state.from.accuracy_m === null ? say("accuracy_was_unknown") : say("accuracy_was", Math.round(state.from.accuracy_m)));
    if (document.activeElement !== this.accuracy) this.accuracy.value = state.to.accuracy_m === null ? "" : String(state.to.accuracy_m);
    const address = newAddress(state);
    write(byId("draft-address"), address === null ? say("same_address") : say("new_address", address));
    write(byId("draft-overtaken"), state.newest === state.based_on ? "" : say("overtaken", state.newest));
    this.send.disabled = !maySend(state);
    write(byId("draft-send-word"), say(state.step === "sending" ? "acting" : "send_place"));
  }
}
