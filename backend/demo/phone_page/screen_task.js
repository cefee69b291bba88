// On a mission: the role, where the patient and the AED are, and telling each step with one touch.

import { aedProblem, ambulanceArrives, giveUp, tell } from "./actions.js";
import { h } from "./dom.js";
import { inWords, metres } from "./places.js";
import { sketch } from "./sketch.js";
import { set, state } from "./state.js";
import { t, tOf } from "./words.js";

/** @typedef {import("./state.js").Mission} Mission */

const STEPS = ["en_route", "aed_picked_up", "on_scene", "with_patient", "finished"];
const REASONS = ["cannot_get_there", "unsafe", "unwell", "other"];
const PROBLEMS = ["not_there", "locked", "dead"];

/** @param {import("./state.js").Alert} _alert @param {Mission} mission */
export function taskScreen(_alert, mission) {
  if (state.givingUp) return givingUp();
  const done = new Set(mission.statuses.map(({ status }) => status));
  const fetching = mission.role === "aed" && mission.aed !== null && !done.has("aed_picked_up");
  return h("div", { class: "stack task" },
    h("div", { class: `role ${mission.role}` },
      h("h1", {}, t(mission.role === "aed" && !fetching ? "role_aed_in_hand" : `role_${mission.role}`)),
      h("p", {}, t(fetching ? "role_aed_text" : "role_direct_text")),
      fetching && mission.place?.address && h("p", { class: "then" }, mission.place.address),
      mission.left_reach && h("p", { class: "fine" }, t("left_reach"))),
    state.place && mission.place && sketch(state.place, mission.place, fetching ? mission.aed : null),
    fetching && aedCard(mission),
    patientCard(mission),
    steps(mission, done),
    h("button", { id: "give-up", class: "plain danger", type: "button", onclick: () => set({ givingUp: true, trouble: null, news: null }) }, t("give_up")),
    mission.aed?.attribution && h("p", { class: "fine" }, `${t("aed_source")}: ${mission.aed.attribution}`),
    state.incident && h("section", { class: "card demo-box" },
      h("button", { id: "ambulance", class: "second", type: "button", onclick: () => void ambulanceArrives() }, `${t("demo")}: ${t("ambulance")}`)));
}

/** @param {Mission} mission */
function patientCard(mission) {
  const place = mission.place;
  if (!place) return null;
  return h("section", { class: "card patient" },
    h("h2", {}, t("patient")),
    h("p", { id: "address", class: "address" }, place.address ?? `${t("no_address")}: ${place.lat.toFixed(5)}, ${place.lon.toFixed(5)}`),
    facts([["entrance", place.entrance], ["floor", place.floor], ["door", place.door], ["door_code", place.door_code]]),
    place.coarse && h("p", { class: "fine" }, t("coarse")));
}

/** @param {Mission} mission */
function aedCard(mission) {
  const aed = mission.aed;
  if (!aed) return null;
  const away = state.place ? inWords(metres(state.place, aed)) : "";
  return h("section", { class: "card aed" },
    h("h2", {}, t("aed"), h("span", { class: `opening ${aed.open}` }, tOf("open", aed.open))),
    h("p", { id: "aed-name", class: "address" }, aed.name ?? t("aed"), away && h("small", {}, away)),
    aed.location_text && h("p", {}, aed.location_text),
    facts([["floor", aed.floor], ["cabinet_code", aed.cabinet_code]]),
    h("details", { id: "aed-trouble" }, h("summary", {}, t("aed_trouble")),
      h("div", { class: "choices" }, PROBLEMS.map((problem) => h("button", { id: `problem-${problem}`, class: "second", type: "button", disabled: state.busy, onclick: () => void aedProblem(problem) }, t(problem))))));
}

/** @param {[string, string | null][]} pairs */
function facts(pairs) {
  const known = pairs.filter(([, value]) => value);
  if (known.length === 0) return null;
  return h("dl", { class: "facts" }, known.map(([key, value]) => h("div", { "data-fact": key }, h("dt", {}, t(key)), h("dd", {}, value))));
}

/** What has been told, and one large button for what comes next. @param {Mission} mission @param {Set<string>} done */
function steps(mission, done) {
  const mine = STEPS.filter((step) => step !== "aed_picked_up" || (mission.role === "aed" && mission.aed !== null));
  const next = mine.find((step) => !done.has(step));
  return h("section", { class: "steps" },
    h("ol", {}, mine.filter((step) => step !== "finished").map((step) =>
      h("li", { class: done.has(step) ? "done" : step === next ? "next" : "" }, h("span", { class: "dot", "aria-hidden": "true" }), t(`done_${step}`), done.has(step) && h("span", { class: "only-heard" }, " ✓")))),
    next && h("button", { id: "next-step", class: "main", type: "button", "data-status": next, disabled: state.busy, onclick: () => void tell(next) }, t(next)));
}

function givingUp() {
  return h("div", { class: "stack" },
    h("h1", {}, t("give_up")),
    h("p", { class: "soft" }, t("give_up_why")),
    REASONS.map((reason) => h("button", { id: `reason-${reason}`, class: "second", type: "button", disabled: state.busy, onclick: () => void giveUp(reason) }, t(reason))),
    h("button", { id: "back", class: "plain", type: "button", onclick: () => set({ givingUp: false }) }, t("back")));
}
