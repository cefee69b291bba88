// What the signs on the map mean, each with its word.

import { byId, element } from "./dom.js";
import { signElement } from "./sign.js";
import { say, sayOf } from "./words.js";

const STAGES = ["asked", "shown", "accepted", "en_route", "on_scene", "with_patient"];

export function addLegend() {
  const line = (/** @type {string} */ sign, /** @type {string} */ word) => element("li", {}, signElement(sign), word);
  byId("legend").append(
    line("patient", say("patient")),
    ...STAGES.map((stage) => line(stage, sayOf("stages", stage))),
    line("aed", `${say("defibrillators")}: ${sayOf("opens", "open")}`),
    line("aed_closed", `${say("defibrillators")}: ${sayOf("opens", "closed")}`),
    line("aed_unknown", `${say("defibrillators")}: ${sayOf("opens", "unknown")}`),
    line("aed_reserved", `${say("defibrillators")}: ${say("fetched")}`),
    element("li", { class: "words" }, say("legend_areas")),
    element("li", { class: "words" }, say("legend_ladder")),
    element("li", { class: "words" }, say("legend_searched")),
  );
}
