// A sign as an element of the page.

import { signPath } from "./symbols.js";

const SVG = "http://www.w3.org/2000/svg";

/** Hidden from screen readers: a word stands beside it. @param {string} sign */
export function signElement(sign) {
  const drawn = document.createElementNS(SVG, "svg");
  drawn.setAttribute("viewBox", "0 0 24 24");
  drawn.setAttribute("class", `sign ${sign}`);
  drawn.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", signPath(sign));
  path.setAttribute("fill-rule", "evenodd");
  drawn.append(path);
  return drawn;
}
