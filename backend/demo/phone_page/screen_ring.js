// It rings: how far, how long still, yes or no. Nothing about the patient before a yes.

import { accept, decline } from "./actions.js";
import { h, svg } from "./dom.js";
import { inWords } from "./places.js";
import { startRinging } from "./sound.js";
import { set, state } from "./state.js";
import { t } from "./words.js";

/** @type {ReturnType<typeof setInterval> | null} */
let clock = null;

/** @param {import("./state.js").Alert} alert */
export function ringScreen(alert) {
  startRinging();
  const left = h("strong", { class: "seconds" });
  const tick = () => {
    const seconds = Math.ceil((Date.parse(alert.rings_until) - Date.now()) / 1000);
    left.textContent = seconds > 0 ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` : "0:00";
    if (!left.isConnected && clock !== null) clearInterval(clock);
  };
  if (clock !== null) clearInterval(clock);
  tick();
  clock = setInterval(tick, 500);
  return h("div", { class: "ringing" },
    h("div", { class: "pulse", "aria-hidden": "true" }, h("i"), h("i"), h("i"), heart()),
    h("h1", {}, t("ring_title")),
    h("p", { class: "distance" }, `ca. ${inWords(alert.coarse_distance_m)}`, h("small", {}, t("ring_near"))),
    h("p", { class: "left" }, `${t("ring_left")} `, left),
    h("div", { class: "answers" },
      h("button", { id: "accept", class: "accept", type: "button", disabled: state.busy, onclick: () => void leave(accept) }, t("accept")),
      h("button", { id: "decline", class: "decline", type: "button", disabled: state.busy, onclick: () => void leave(decline) }, t("decline"))),
    h("p", { class: "fine" }, t("ring_promise")));
}

/** @param {() => Promise<void>} answer */
async function leave(answer) {
  set({ news: null });
  await answer();
}

function heart() {
  return svg("svg", { viewBox: "0 0 32 32", width: 112, height: 112, focusable: "false" },
    svg("path", { fill: "#fff", d: "M16 28 4.6 16.4A7 7 0 0 1 14.5 6.5L16 8l1.5-1.5a7 7 0 0 1 9.9 9.9Z" }),
    svg("path", { fill: "none", stroke: "#b00d28", "stroke-width": 1.8, "stroke-linejoin": "round", "stroke-linecap": "round", d: "M5 16.5h6l2.5-5 4 9 2.5-4h7" }));
}
