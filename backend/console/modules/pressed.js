// The page stands still while something on it is being pressed: let go over something else, a press does nothing.

/** Nobody presses longer: whoever drags a map or marks words keeps nothing back. */
const LONGEST_MS = 1_000;

let until = 0;
/** @type {Map<string, () => void>} */
const waiting = new Map();

addEventListener("pointerdown", () => {
  until = performance.now() + LONGEST_MS;
  setTimeout(goOn, LONGEST_MS + 50);
}, { capture: true });
for (const released of ["pointerup", "pointercancel"]) {
  addEventListener(released, () => {
    until = 0;
    setTimeout(goOn, 0); // the click comes first
  }, { capture: true });
}

export function isPressed() {
  return performance.now() < until;
}

/** Does it now, or as soon as nothing is pressed any more; of several of one name the last. @param {string} name @param {() => void} does */
export function whenFree(name, does) {
  waiting.delete(name);
  if (isPressed()) waiting.set(name, does);
  else does();
}

function goOn() {
  if (isPressed()) return;
  for (const [name, does] of [...waiting]) {
    waiting.delete(name);
    try {
      does();
    } catch (wrong) {
      reportError(wrong); // it keeps no other back
    }
  }
}
