// One incident's page, kept live: its clock runs, and whatever is different is drawn anew from what the server says.

import { arrange, byId, element, write } from "./dom.js";
import { common, listen } from "./keyboard.js";
import { goLive } from "./live.js";
import { BoardMap, canDraw } from "./map.js";
import { different } from "./parts.js";
import { isPressed, whenFree } from "./pressed.js";
import { Revise } from "./revise.js";
import { signElement } from "./sign.js";
import { StandDown } from "./stand_down.js";
import { age } from "./times.js";
import { say } from "./words.js";

/** @typedef {import("console-api").components["schemas"]["IncidentSeen"]} IncidentSeen */

const PATIENCE_MS = 4_000;
const APART_MS = 1_000;
const IN_VAIN_MS = 5_000;

const where = byId("incident");
const id = where.dataset["id"] ?? "";
const frame = document.getElementById("map-frame");
let mark = where.dataset["mark"] ?? "";
let reading = false;
let lastRead = 0;
/** When to look again although nothing happened, ms; 0: not. What somebody works in is not drawn until they have left. */
let again = 0;
let moved = false;

const map = frame !== null && canDraw() ? shownMap(frame) : null;
const revise = document.getElementById("revise") === null ? null : new Revise(id, map?.map ?? null);
const standDown = document.getElementById("stand-down") === null ? null : new StandDown();
let running = true;
signs(where);

const store = goLive({
  show: (store) => {
    others(store.sorted());
    void read();
  },
  tick: (store) => {
    runs(store.now());
    if (again !== 0 && Date.now() >= again) void read();
  },
  chosen: () => id,
  pick: goTo,
});
listen({
  ...common(() => byId("main").focus()),
  pick: (number) => goTo(store.sorted()[number - 1]?.id ?? id),
  ...(revise === null ? {} : { revise: () => revise.byKeys() }),
  ...(standDown === null ? {} : { "stand-down": askToStandDown }),
});
void read();

/** @param {string} incident */
function goTo(incident) {
  if (incident !== id) location.assign(`/konsol/haendelser/${incident}`);
}

function askToStandDown() {
  if (running) standDown?.ask(id, byId("head-heading").textContent ?? "");
}

/** The other open ones by their number in the list, which is the key that leads there. @param {readonly import("./store.js").Incident[]} incidents */
function others(incidents) {
  const strip = byId("others");
  arrange(strip, incidents.slice(0, 9).map((each, number) => {
    const link = element("a", { href: `/konsol/haendelser/${each.id}` }, element("kbd", {}, String(number + 1)), ` ${say("case", each.case_number)}`);
    if (each.id === id) link.setAttribute("aria-current", "page");
    if (each.needs.length > 0) link.classList.add("needs");
    return link;
  }));
}

async function read() {
  if (reading || Date.now() - lastRead < APART_MS) {
    again = Date.now() + APART_MS;
    return;
  }
  reading = true;
  again = 0;
  lastRead = Date.now();
  try {
    const answer = await asked(`/konsol/data/haendelser/${id}`, "application/json");
    if (answer === null) return;
    /** @type {IncidentSeen} */
    const seen = await answer.json();
    const at = new Map(seen.defibrillators.map((each) => [each.id, each]));
    whenFree("draw", () => draw(seen, at));
    if (seen.mark !== mark && (await drawn())) mark = seen.mark;
  } catch {
    again = Date.now() + IN_VAIN_MS; // the stream says that there is no connection
  } finally {
    reading = false;
  }
}

/** @param {IncidentSeen} seen @param {ReadonlyMap<string, import("./store.js").Defibrillator>} aeds */
function draw(seen, aeds) {
  running = seen.state === "open";
  revise?.seen(seen);
  standDown?.seen(() => running);
  if (map === null || frame === null) return;
  frame.hidden = !running;
  map.show(running ? [seen.board] : [], aeds);
  map.choose(id, !moved);
  moved = map.ready;
}

/** What is different takes the place of what was there. False where some of it has to wait. */
async function drawn() {
  const answer = await asked(`/konsol/haendelser/${id}/dele`, "text/html");
  if (answer === null || answer.redirected) return false;
  const made = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (isPressed()) {
    again = Date.now() + APART_MS;
    return false;
  }
  signs(made.body);
  let whole = true;
  const { gone, come, changed } = different(sections(where), sections(made.body));
  for (const each of [...gone, ...changed]) {
    const there = byId(each);
    if (isHeld(there)) whole = false; // nothing is taken out of anybody's hands
    else if (gone.includes(each)) there.remove();
    else exchange(there, /** @type {HTMLElement} */ (made.getElementById(each)));
  }
  for (const each of come) {
    const part = /** @type {HTMLElement} */ (made.getElementById(each));
    const before = part.nextElementSibling === null ? null : document.getElementById(part.nextElementSibling.id);
    where.insertBefore(document.importNode(part, true), before);
  }
  if (!whole) again = Date.now() + IN_VAIN_MS;
  runs(store.now());
  return whole;
}

/** Whether somebody types or chooses in it. @param {Element} part */
function isHeld(part) {
  const active = document.activeElement;
  return active !== null && part.contains(active) && active.matches("input, select, textarea");
}

/** What is open, typed and focused there goes on in the new one. @param {HTMLElement} there @param {HTMLElement} part */
function exchange(there, part) {
  const fresh = document.importNode(part, true);
  const open = new Set([...there.querySelectorAll("details[open]")].map((each) => each.id));
  for (const each of fresh.querySelectorAll("details")) if (open.has(each.id)) each.open = true;
  const typed = new Map(fields(there).filter(isTouched).map((each) => [each.id, each]));
  for (const each of fields(fresh)) {
    const before = typed.get(each.id);
    if (before === undefined) continue;
    if (each instanceof HTMLInputElement && before instanceof HTMLInputElement && each.type === "checkbox") each.checked = before.checked;
    else each.value = before.value;
  }
  // What is being typed was begun from an older revision, and goes on saying so.
  for (const each of hiddenIn(fresh)) {
    const before = hiddenIn(there).find((other) => other.form?.action === each.form?.action);
    if (before !== undefined && fieldsOf(before).some((field) => typed.has(field.id))) each.value = before.value;
  }
  const focused = there.contains(document.activeElement) ? document.activeElement?.closest("details")?.id : undefined;
  const scrolled = there.querySelector(".timeline")?.scrollTop ?? 0;
  there.replaceWith(fresh);
  const timeline = fresh.querySelector(".timeline");
  if (timeline !== null) timeline.scrollTop = scrolled;
  if (focused) document.getElementById(focused)?.querySelector("summary")?.focus();
}

/** Which revision each form was made of. @param {Element} part @returns {HTMLInputElement[]} */
function hiddenIn(part) {
  return [.../** @type {NodeListOf<HTMLInputElement>} */ (part.querySelectorAll("input[name=based_on]"))];
}

/** @param {HTMLInputElement} hidden */
function fieldsOf(hidden) {
  return hidden.form === null ? [] : fields(hidden.form);
}

/** @typedef {HTMLInputElement | HTMLSelectElement} Field */

/** @param {Element} part @returns {Field[]} */
function fields(part) {
  const all = /** @type {Field[]} */ ([...part.querySelectorAll("input, select")]);
  return all.filter((each) => each.id !== "");
}

/** @param {Field} field */
function isTouched(field) {
  if (field instanceof HTMLSelectElement) return field.selectedIndex > 0;
  return field.type === "checkbox" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

/** By id, what each is compared by: its own key, else all that is in it. @param {Element} inside */
function sections(inside) {
  const parts = /** @type {HTMLElement[]} */ ([...inside.querySelectorAll("section.part")]);
  return new Map(parts.map((each) => [each.id, each.dataset["key"] ?? bare(each)]));
}

/** Without what a reader opens: that is theirs. @param {Element} part */
function bare(part) {
  const copy = /** @type {Element} */ (part.cloneNode(true));
  for (const each of copy.querySelectorAll("details[open]")) each.removeAttribute("open");
  for (const each of copy.querySelectorAll("#running")) each.textContent = "";
  return copy.innerHTML;
}

/** @param {string} address @param {string} type */
async function asked(address, type) {
  const answer = await fetch(address, { headers: { Accept: type }, signal: AbortSignal.timeout(PATIENCE_MS) });
  // No longer theirs to see, as when what was lent went back: nothing of it stays on the screen.
  if (answer.status === 404 && answer.headers.get("Content-Type")?.includes("problem+json")) location.reload();
  return answer.ok ? answer : null;
}

/** The signs beside the words. @param {Element} inside */
function signs(inside) {
  for (const each of /** @type {NodeListOf<HTMLElement>} */ (inside.querySelectorAll("[data-sign]"))) {
    if (each.childElementCount === 0) each.append(signElement(/** @type {import("./symbols.js").Sign} */ (each.dataset["sign"])));
  }
}

/** @param {number} now */
function runs(now) {
  const running = byId("running");
  const until = running.dataset["until"];
  write(running, age(((until === undefined ? now : Date.parse(until)) - Date.parse(running.dataset["since"] ?? "")) / 1000));
}

/** @param {HTMLElement} frame */
function shownMap(frame) {
  frame.hidden = false;
  const made = new BoardMap(byId("map"), () => {}, (lat, lon) => {
    // Where somebody points with the other button is where they mean it to be.
    if (revise?.begin()) revise.put(lat, lon);
  });
  made.choose(id, true);
  return made;
}
