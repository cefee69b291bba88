// What the page has brought for its scripts: words, and settings that change with nothing.

/** @typedef {Record<string, string | Record<string, string>>} Words */

/** @type {{words: Words}} */
const brought = JSON.parse(document.getElementById("for-scripts")?.textContent ?? '{"words": {}}');

/** A word by its name; with what goes in its place. @param {string} name @param {...(string | number)} parts */
export function say(name, ...parts) {
  const found = brought.words[name];
  let text = typeof found === "string" ? found : name;
  for (const part of parts) text = text.replace("{}", () => String(part)); // what is put in is text, whatever signs are in it
  return text;
}

/** A word of a table: `sayOf("stages", "asked")`; what it does not know is said as it is. @param {string} table @param {string} key */
export function sayOf(table, key) {
  const found = brought.words[table];
  return typeof found === "object" && found !== null ? (found[key] ?? key) : key;
}
