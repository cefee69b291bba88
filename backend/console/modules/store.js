// What the page knows of the open incidents: read at the start, after each reconnection, and where something happened.

import { before, merged } from "./order.js";
import { offset } from "./times.js";

/** @typedef {import("console-api").components["schemas"]["OnBoard"]} Incident */
/** @typedef {import("console-api").components["schemas"]["Defibrillator"]} Defibrillator */
/** @typedef {import("console-api").components["schemas"]["Overview"]} Overview */
/** @typedef {{status: number, detail: string, link: string | null}} Refused */

/** News within so long are read together; a room of thirty consoles asks one address. */
const TOGETHER_MS = 150;
const APART_MS = 1_000;
const MOST_AT_ONCE = 50;
/** Positions move without a step in the journal: everything is looked at so often all the same. */
const ANYWAY_MS = 10_000;
/** Longer than that no answer is worth waiting for. */
const PATIENCE_MS = 4_000;

export class Store {
  /** @param {string} address @param {(store: Store) => void} changed @param {(refused: Refused | null) => void} refused */
  constructor(address, changed, refused) {
    this.address = address;
    this.tellChanged = changed;
    this.tellRefused = refused;
    /** @type {Map<string, Incident>} */
    this.incidents = new Map();
    /** @type {Map<string, Defibrillator>} */
    this.defibrillators = new Map();
    /** How far the server's clock is ahead, in ms. */
    this.ahead = 0;
    /** When everything was read last, by this machine's clock; at first when the page began to. */
    this.readAt = Date.now();
    /** @type {Set<string>} */
    this.news = new Set();
    this.all = false;
    this.reading = false;
    this.lastRead = 0;
    /** @type {ReturnType<typeof setTimeout> | null} */
    this.waiting = null;
    this.anyway = setInterval(() => this.readAll(), ANYWAY_MS);
  }

  /** Now, by the server's clock. */
  now() {
    return Date.now() + this.ahead;
  }

  /** In the order of the list. */
  sorted() {
    return [...this.incidents.values()].sort(before);
  }

  readAll() {
    this.all = true;
    this.soon();
  }

  /** Something happened to an incident. @param {string} id */
  hasNews(id) {
    this.news.add(id);
    this.soon();
  }

  soon() {
    if (this.waiting !== null || this.reading) return;
    const apart = this.lastRead + APART_MS - Date.now();
    this.waiting = setTimeout(() => {
      this.waiting = null;
      void this.read();
    }, Math.max(TOGETHER_MS, apart));
  }

  async read() {
    const only = this.all || this.news.size > MOST_AT_ONCE ? null : [...this.news];
    this.all = false;
    this.news = new Set();
    this.reading = true;
    this.lastRead = Date.now();
    try {
      const query = only === null ? "" : `&kun=${only.join(",")}`;
      const answer = await fetch(this.address + query, {
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      if (!answer.ok) {
        this.failed(only);
        this.tellRefused(await refusal(answer));
        return;
      }
      this.take(await answer.json(), only);
      this.tellRefused(null);
    } catch {
      this.failed(only); // the stream says so as well: nobody has to be told twice
    } finally {
      this.reading = false;
      if (this.all || this.news.size > 0) this.soon();
    }
  }

  /** What was not read is still news. @param {readonly string[] | null} only */
  failed(only) {
    if (only === null) this.all = true;
    for (const id of only ?? []) this.news.add(id);
  }

  /**
   * One answer is read at a time, so the last one is the newest, whatever another server's clock says.
   * @param {Overview} told @param {readonly string[] | null} only
   */
  take(told, only) {
    if (only === null) this.readAt = Date.now();
    this.ahead = offset(told.at, Date.now());
    const { known } = merged(this.incidents, told.incidents, only);
    this.incidents = known;
    if (only === null) this.defibrillators = new Map();
    for (const each of told.defibrillators) this.defibrillators.set(each.id, each);
    this.tellChanged(this);
  }
}

/** @param {Response} answer @returns {Promise<Refused>} */
async function refusal(answer) {
  try {
    const problem = await answer.json();
    return { status: answer.status, detail: problem.detail ?? "", link: problem.link ?? null };
  } catch {
    return { status: answer.status, detail: "", link: null };
  }
}
