// What needs a person, on the board and the wall: read again and again, sounded until taken up, taken up by one tap.

import { banner } from "./banners.js";
import { arrange, byId, element, write } from "./dom.js";
import { whenFree } from "./pressed.js";
import { isWatched, NOT_WATCHED, next, ownNeeds, shown, stillTaken, unheard } from "./ringing.js";
import { Sound } from "./sound.js";
import { age } from "./times.js";
import { say, sayOf } from "./words.js";

/** @typedef {import("./ringing.js").Shown} Shown */
/** @typedef {import("./ringing.js").Attention} Attention */
/** @typedef {{row: HTMLLIElement, what: Element, age: Element, by: Element, button: HTMLButtonElement | null, key: HTMLElement}} Row */

const AGAIN_MS = 3_000;
const PATIENCE_MS = 4_000;
const KIND = document.body.dataset["kind"] ?? "live";
const MAY_ACT = (document.body.dataset["may"] ?? "").split(" ").includes("act");

export class Attend {
  /** @param {{now: () => number, chosen: () => string | null, pick: (incident: string) => void, caseOf: (incident: string) => string | null}} page */
  constructor(page) {
    this.page = page;
    /** @type {Attention[]} */
    this.told = [];
    this.watched = true;
    /** @type {number | null} */
    this.failsSince = null;
    this.unwatchedSince = 0;
    /** @type {number | null} */
    this.staleSince = null;
    /** @type {Set<string>} */
    this.taken = new Set();
    /** @type {Shown[]} */
    this.all = [];
    /** @type {Map<string, Row>} */
    this.rows = new Map();
    this.on = localStorage.getItem("sound") !== "off";
    this.reading = false;
    this.where = byId("attention");
    this.sound = new Sound(KIND, () => this.show());
    this.tools();
    document.addEventListener("board:acknowledge", () => void this.takeUp(next(this.all, this.page.chosen())));
    setInterval(() => void this.read(), AGAIN_MS);
    void this.sound.allowed();
    void this.read();
  }

  /** @param {"live" | "connecting" | "stale"} link @param {number} lastHeard */
  link(link, lastHeard) {
    const was = this.staleSince;
    this.staleSince = link === "stale" ? lastHeard : null;
    if (was !== null && this.staleSince === null) void this.read();
    this.show();
  }

  tick() {
    this.show();
  }

  async read() {
    if (this.reading) return;
    this.reading = true;
    try {
      const answer = await fetch(`/konsol/data/opmaerksomhed?slags=${KIND}`, {
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      if (!answer.ok) {
        this.failsSince ??= Date.now(); // the store says why
        return;
      }
      const all = await answer.json();
      this.told = all.items;
      this.failsSince = null;
      if (this.watched && !all.watched) this.unwatchedSince = Date.now();
      this.watched = all.watched;
      this.show();
    } catch {
      this.failsSince ??= Date.now(); // mostly the stream says so as well
    } finally {
      this.reading = false;
    }
  }

  /** @param {Shown | null} item */
  async takeUp(item) {
    if (item === null || !MAY_ACT) return;
    if (item.here) {
      this.taken.add(item.id);
      this.show();
      return;
    }
    try {
      const answer = await fetch(`/konsol/data/opmaerksomhed/${item.id}/kvitter?slags=${KIND}`, {
        method: "POST",
        headers: { Accept: "application/json", "X-Konsol-Ord": document.body.dataset["word"] ?? "" },
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      banner("not-taken", answer.ok ? null : say("not_taken"));
      if (answer.ok) {
        const taken = await answer.json();
        this.told = this.told.map((each) => (each.id === taken.id ? taken : each));
        if (item.incident_id !== null) this.page.pick(item.incident_id);
      }
    } catch {
      banner("not-taken", say("not_taken")); // it goes on sounding
    }
    this.show();
    void this.read();
  }

  show() {
    const { staleSince, taken, failsSince } = this;
    const now = Date.now();
    const watched = isWatched({ watched: this.watched, failsSince, now });
    const own = ownNeeds({ staleSince, watched, now, taken, since: failsSince ?? this.unwatchedSince });
    this.taken = stillTaken(taken, own);
    this.all = shown(this.told, own);
    const sounding = this.all.some((each) => each.sounds);
    if (sounding && this.on) this.sound.start();
    else this.sound.stop();
    document.documentElement.dataset["sounds"] = String(sounding);
    write(byId("attention-says"), sounding ? this.words(/** @type {Shown} */ (this.all[0])) : "");
    whenFree("attention", () => this.banners(own));
  }

  /** @param {readonly {needs: string}[]} own */
  banners(own) {
    const heard = unheard(this.sound.state, this.on);
    banner("sound", heard === null ? null : say(heard === "off" ? "sound_off" : "sound_blocked"));
    banner("watched", own.some((each) => each.needs === NOT_WATCHED) ? sayOf("attention_needs", NOT_WATCHED) : null);
    this.draw();
  }

  draw() {
    const there = new Set(this.all.map((each) => each.id));
    for (const id of this.rows.keys()) if (!there.has(id)) this.rows.delete(id);
    const byKey = next(this.all, this.page.chosen());
    arrange(
      byId("attention-list"),
      this.all.map((each) => {
        const row = this.rows.get(each.id) ?? this.made(each);
        this.fill(row, each);
        row.key.hidden = each.id !== byKey?.id; // which one the key means
        return row.row;
      }),
    );
    this.where.hidden = this.all.length === 0;
  }

  /** @param {Shown} item @returns {Row} */
  made(item) {
    const what = element("span", { class: "what" });
    const since = element("span", { class: "age" });
    const by = element("span", { class: "by" });
    const key = element("kbd", {}, "A");
    const button = MAY_ACT ? element("button", { type: "button" }, say("acknowledge"), " ", key) : null;
    button?.addEventListener("click", () => void this.takeUp(this.all.find((each) => each.id === item.id) ?? null));
    const row = element("li", {}, what, " ", since, " ", by, ...(button ? [button] : []));
    const made = { row, what, age: since, by, button, key };
    this.rows.set(item.id, made);
    return made;
  }

  /** @param {Row} row @param {Shown} item */
  fill(row, item) {
    row.row.className = item.sounds ? "attention sounds" : "attention";
    write(row.what, this.words(item));
    write(row.age, age((this.page.now() - Date.parse(item.raised_at)) / 1000));
    write(row.by, item.sounds ? say("sounds") : say("quiet"));
    if (row.button) row.button.hidden = !item.sounds;
  }

  /** @param {Shown} item */
  words(item) {
    const number = item.incident_id === null ? null : this.page.caseOf(item.incident_id);
    const parts = [number === null ? "" : say("case", number), sayOf("attention_needs", item.needs), detail(item)];
    return parts.filter((part) => part !== "").join(" · ");
  }

  /** Switching the sound on and off, and trying it. */
  tools() {
    const toggle = byId("sound-switch");
    const is = () => {
      toggle.setAttribute("aria-pressed", String(this.on));
      write(toggle, say(this.on ? "sound_is_on" : "sound_is_off"));
    };
    toggle.addEventListener("click", () => {
      this.on = !this.on;
      localStorage.setItem("sound", this.on ? "on" : "off");
      is();
      this.show();
    });
    byId("sound-test").addEventListener("click", () => void this.sound.allowed().then(() => this.sound.once()));
    is();
  }
}

/** @param {Shown} item */
function detail(item) {
  const { word, pseudonym, channel, why } = item.detail;
  if (word !== undefined) return `${sayOf("attention_words", word)} (${pseudonym ?? "?"})`;
  if (channel !== undefined) return `${sayOf("channels", channel)}: ${sayOf("channel_why", why ?? "")}`;
  return "";
}
