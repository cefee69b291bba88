// Building pages without a library: h("button", { class: "big", onclick }, "text").

/** @typedef {Node | string | null | false | undefined} Child */

/**
 * An element with properties and children. `on…` are listeners, `data-…`/`aria-…` and the rest attributes.
 * @param {string} tag @param {Record<string, any>} [properties] @param {...(Child | Child[])} children
 * @returns {HTMLElement}
 */
export function h(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** The same for SVG. @param {string} tag @param {Record<string, any>} [properties] @param {...(Child | Child[])} children */
export function svg(tag, properties = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), properties, children);
}

/** @template {Element} E @param {E} element @param {Record<string, any>} properties @param {(Child | Child[])[]} children @returns {E} */
function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

/** Put `children` in place of what is there, keeping the keyboard's place if that element comes again (by id).
 * @param {Element} place @param {...Child} children */
export function show(place, ...children) {
  const focused = document.activeElement?.id;
  place.replaceChildren(...children.filter((child) => child !== null && child !== undefined && child !== false));
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/** Tell a screen reader. @param {string} text */
export function announce(text) {
  const place = document.getElementById("live");
  if (place && place.textContent !== text) place.textContent = text;
}
