// Waiting: can I be rung, where am I, a test alarm, and what came before.

import { ambulanceArrives, makeArrest, setDuty, signOut, stopTest, tellPosition, testAlarm } from "./actions.js";
import { h } from "./dom.js";
import { TOWNS } from "./places.js";
import { attempt, state } from "./state.js";
import { language, t, tOf } from "./words.js";

const SCATTER = 0.004; // degrees: not everybody stands on the same square

export function homeScreen() {
  return h("div", { class: "stack" }, state.testRings && testBanner(), readiness(), place(), test(), demoBox(), history(),
    h("button", { id: "sign-out", class: "plain", type: "button", onclick: () => void attempt(signOut) }, t("sign_out")));
}

function readiness() {
  const ready = state.readiness?.ready ?? false;
  const wrong = (state.readiness?.checks ?? []).filter((check) => !check.ok);
  return h("section", { class: `card readiness ${ready ? "good" : "bad"}` },
    h("h1", {}, t(ready ? "ready" : "not_ready")),
    wrong.length > 0 && h("ul", {}, wrong.map((check) => h("li", {}, language() === "da" ? check.words_da : check.words_en))),
    h("button", { id: "duty", class: "switch", type: "button", role: "switch", "aria-checked": String(state.onDuty), onclick: () => void attempt(() => setDuty(!state.onDuty)) },
      h("span", { class: "knob", "aria-hidden": "true" }), t(state.onDuty ? "on_duty" : "off_duty")));
}

function place() {
  return h("section", { class: "card" },
    h("h2", {}, t("position")),
    h("p", { id: "my-place", class: "soft" }, state.place ? `${t("position_told")}: ${state.place.name}` : t("no_position")),
    h("div", { class: "field" }, h("label", { for: "town" }, t("choose_town")),
      h("select", { id: "town", onchange: chooseTown }, h("option", { value: "" }, "–"),
        TOWNS.map((town) => h("option", { value: town.name, selected: state.place?.name === town.name }, town.name)))),
    "geolocation" in navigator && h("button", { id: "own-position", class: "second", type: "button", onclick: () => void attempt(useOwnPosition) }, t("own_position")));
}

/** @param {any} event */
function chooseTown(event) {
  const town = TOWNS.find((each) => each.name === event.target.value);
  if (!town) return;
  const scatter = () => (Math.random() - 0.5) * SCATTER;
  void attempt(() => tellPosition({ name: town.name, lat: town.lat + scatter(), lon: town.lon + 1.7 * scatter() }));
}

async function useOwnPosition() {
  const found = await new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject, { timeout: 10_000, enableHighAccuracy: true }));
  const { latitude, longitude, accuracy } = /** @type {GeolocationPosition} */ (found).coords;
  await tellPosition({ name: t("own_position"), lat: latitude, lon: longitude, accuracy_m: accuracy });
}

function test() {
  return h("section", { class: "card" },
    h("h2", {}, t("test_alarm")),
    h("p", { class: "soft" }, t("test_alarm_text")),
    state.test && h("ul", { class: "channels" }, state.test.channels.map(({ channel, outcome }) =>
      h("li", { class: outcome, "data-channel": channel }, h("span", {}, tOf("channel", channel)), h("span", { class: "outcome" }, tOf("outcome", outcome))))),
    h("button", { id: "test-alarm", class: "second", type: "button", disabled: state.busy, onclick: () => void attempt(testAlarm) }, t("test_alarm")));
}

function testBanner() {
  return h("section", { class: "card test-rings", role: "alert" },
    h("p", {}, t("test_rings")),
    h("button", { id: "test-stop", class: "second", type: "button", onclick: stopTest }, t("test_stop")));
}

function demoBox() {
  if (!state.place) return null;
  return h("section", { class: "card demo-box" },
    h("h2", {}, t("demo")),
    h("p", { class: "soft" }, t("arrest_text")),
    h("button", { id: "arrest", class: "second", type: "button", disabled: state.busy, onclick: () => void makeArrest() }, t("arrest")),
    state.incident && h("button", { id: "ambulance", class: "plain", type: "button", onclick: () => void ambulanceArrives() }, t("ambulance")));
}

function history() {
  const time = new Intl.DateTimeFormat(language() === "da" ? "da-DK" : "en-GB", { dateStyle: "short", timeStyle: "short", timeZone: "Europe/Copenhagen" });
  return h("section", { class: "card" },
    h("h2", {}, t("history")),
    state.alerts.length === 0 ? h("p", { class: "soft" }, t("no_history"))
      : h("ul", { class: "history" }, state.alerts.slice(0, 8).map((alert) =>
        h("li", {}, h("span", {}, tOf("state", alert.state), alert.reason && alert.reason !== alert.state && h("small", {}, tOf("reason", alert.reason))), h("time", { datetime: alert.asked_at }, time.format(new Date(alert.asked_at)))))));
}
