// The page stands still while something on it is being pressed: let go over something else, a press does nothing.

/** Nobody presses longer: whoever drags a map or marks words keeps nothing back. */
const LONGEST_MS = 1_000;

let since = 0;
/** @type {Map<string, () => void>} */
const waiting = new Map();

addEventListener("pointerdown", () => {
  since = Date.now();
  setTimeout(goOn, LONGEST_MS);
}, { capture: true });
for (const released of ["pointerup", "pointercancel"]) {
  addEventListener(released, () => {
    since = 0;
    setTimeout(goOn); // the click comes first
  }, { capture: true });
}

export function isPressed() {
  return Date.now() - since < LONGEST_MS;
}

/** Does it now, or as soon as nothing is pressed any more; of several of one name the last. @param {string} name @param {() => void} does */
export function whenFree(name, does) {
  if (isPressed()) waiting.set(name, does);
  else does();
}

function goOn() {
  if (isPressed()) return;
  const all = [...waiting.values()];
  waiting.clear();
  for (const does of all) does();
}
