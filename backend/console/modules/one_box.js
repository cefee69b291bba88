// The one box: what is typed there, and the places it may mean, led by the keyboard alone.

import { element, write } from "./dom.js";
import { say, sayOf } from "./words.js";

/** @typedef {import("console-api").components["schemas"]["PlaceFound"]} Place */
/** @typedef {import("console-api").components["schemas"]["PlacesFound"]} PlacesFound */
/** @typedef {{typed: string, foundFor: string, places: readonly Place[], active: number}} Typed */

const TYPED_MS = 60;
const PATIENCE_MS = 8_000;

export class OneBox {
  /**
   * @param {{box: HTMLInputElement, hits: HTMLElement, counted: HTMLElement}} parts
   * @param {{typed: (text: string) => void, came: (text: string, places: readonly Place[]) => void, moved: (by: number) => void,
   *   entered: (held: boolean) => void, picked: (number: number) => void, failed: (why: string | null) => void}} tells `why` null: no answer
   */
  constructor({ box, hits, counted }, tells) {
    this.box = box;
    this.hits = hits;
    this.counted = counted;
    this.tells = tells;
    this.search = new AbortController();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.soon = undefined;
    box.setAttribute("role", "combobox");
    box.setAttribute("aria-controls", hits.id);
    box.setAttribute("aria-autocomplete", "list");
    hits.setAttribute("role", "listbox");
    hits.setAttribute("aria-label", say("box"));
    box.addEventListener("input", () => {
      tells.typed(box.value);
      clearTimeout(this.soon);
      this.soon = setTimeout(() => void this.find(box.value), TYPED_MS);
    });
    box.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") tells.moved(event.key === "ArrowDown" ? 1 : -1);
      else if (event.key === "Enter") tells.entered(event.repeat);
      else return;
      event.preventDefault();
    });
    box.form?.addEventListener("submit", (event) => event.preventDefault());
  }

  /** Asks at once. @param {string} text */
  async find(text) {
    clearTimeout(this.soon);
    this.search.abort();
    this.search = new AbortController();
    if (text.trim() === "") return this.tells.came(text, []);
    try {
      const answer = await fetch("/konsol/data/steder", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Konsol-Ord": document.body.dataset["word"] ?? "" },
        body: JSON.stringify({ typed: text }),
        signal: AbortSignal.any([this.search.signal, AbortSignal.timeout(PATIENCE_MS)]),
      });
      if (!answer.ok) return this.tells.failed(await why(answer));
      /** @type {PlacesFound} */
      const told = await answer.json();
      return this.tells.came(text, told.places);
    } catch (fault) {
      if (!(fault instanceof DOMException && fault.name === "AbortError")) this.tells.failed(null);
    }
  }

  /** The places, or none of them. @param {Typed} state @param {boolean} open whether it is being chosen */
  show(state, open) {
    const any = open && state.places.length > 0;
    const current = state.foundFor === state.typed && state.typed.trim() !== "";
    const counted = state.places.length === 0 ? say("nothing_found") : say("places_found", state.places.length);
    write(this.counted, open && current ? counted : "");
    this.hits.hidden = !open;
    if (open) this.hits.replaceChildren(...state.places.map((place, number) => this.option(place, number, number === state.active)));
    this.box.setAttribute("aria-expanded", String(any));
    this.box.setAttribute("aria-activedescendant", any ? `hit-${state.active}` : "");
  }

  /** @param {Place} place @param {number} number @param {boolean} active */
  option(place, number, active) {
    const row = element(
      "li",
      { role: "option", id: `hit-${number}`, "aria-selected": String(active) },
      element("b", {}, place.text),
      element("span", {}, place.detail),
      element("small", {}, understood(place).join(", ")),
    );
    row.addEventListener("click", () => this.tells.picked(number));
    return row;
  }
}

/** What it is, and how it was read. @param {Place} place */
export function understood(place) {
  const how = [sayOf("whats", place.what), place.how === null ? "" : sayOf("hows", place.how), place.swapped ? say("swapped") : ""];
  return how.filter((each) => each !== "");
}

/** @param {Response} answer */
export async function why(answer) {
  try {
    return String((await answer.json()).detail ?? answer.status);
  } catch {
    return String(answer.status);
  }
}
