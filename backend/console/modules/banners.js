// What must not be overlooked: one banner for each reason, as long as the reason holds.

import { byId, element, write } from "./dom.js";
import { whenFree } from "./pressed.js";

/** @type {Map<string, string | null>} */
const wanted = new Map();

/** Shows a banner, or takes it away (`text` null). @param {string} reason @param {string | null} text @param {{link?: string | null, word?: string}} [onward] */
export function banner(reason, text, onward = {}) {
  const id = `banner-${reason}`;
  wanted.set(id, text);
  const there = document.getElementById(id);
  if (text === null) {
    if (there !== null) whenFree(id, () => wanted.get(id) === null && there.remove());
    return;
  }
  const shown = there ?? element("p", { id, class: "banner warn" }, element("span"), " ");
  if (there === null) {
    if (onward.link) shown.append(element("a", { href: onward.link }, onward.word ?? onward.link));
    byId("banners").append(shown);
  }
  if (shown.firstElementChild) write(shown.firstElementChild, text);
}
