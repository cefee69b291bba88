// Small steps in the page: elements are made once and changed only where something differs.

/**
 * An element with attributes and what is in it; text is text, never markup.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag @param {Record<string, string | boolean>} [attributes] @param {...(Node | string)} inside
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false) made.setAttribute(name, value);
  }
  made.append(...inside);
  return made;
}

/** Writes only what is different: a screen reader and the layout are told of changes alone. @param {Element} where @param {string} text */
export function write(where, text) {
  if (where.textContent !== text) where.textContent = text;
}

/** What must be there. @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/** The children of `where` become `wanted`, in that order; those that stay are not touched. @param {Element} where @param {readonly Node[]} wanted */
export function arrange(where, wanted) {
  wanted.forEach((each, number) => {
    const there = where.childNodes[number] ?? null;
    if (there !== each) where.insertBefore(each, there);
  });
  while (where.childNodes.length > wanted.length) where.lastChild?.remove();
}
