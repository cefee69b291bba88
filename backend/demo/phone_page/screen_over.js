// The end of an alarm, always with its reason.

import { h } from "./dom.js";
import { set } from "./state.js";
import { t, tOf } from "./words.js";

const SAID = new Set(["declined", "gave_up", "finished", "stood_down"]);

/** @param {import("./state.js").Alert} alert */
export function overScreen(alert) {
  const good = alert.state === "finished" || alert.state === "stood_down";
  return h("div", { class: "stack over" },
    h("div", { class: `seal ${good ? "good" : ""}`, "aria-hidden": "true" }, good ? "♥" : "–"),
    h("h1", {}, tOf("state", alert.state)),
    alert.reason && alert.reason !== alert.state && h("p", { id: "reason", class: "reason" }, tOf("reason", alert.reason)),
    SAID.has(alert.state) && h("p", { class: "soft" }, t(`over_${alert.state}`)),
    h("button", { id: "home", class: "main", type: "button", onclick: () => set({ closed: alert.id, news: null, trouble: null, givingUp: false }) }, t("home")));
}
