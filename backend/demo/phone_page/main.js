// A phone in the browser: which screen is shown follows from what the phone knows.

import { begin, end } from "./actions.js";
import { tokens } from "./api.js";
import { announce, h, show } from "./dom.js";
import { homeScreen } from "./screen_home.js";
import { signInScreen } from "./screen_in.js";
import { overScreen } from "./screen_over.js";
import { ringScreen } from "./screen_ring.js";
import { taskScreen } from "./screen_task.js";
import { allowSound } from "./sound.js";
import { current, drawWith, set, state } from "./state.js";
import { language, speak, t, tOf } from "./words.js";

const phone = /** @type {HTMLElement} */ (document.getElementById("phone"));
let name = "";

function screen() {
  if (!tokens()) return { name: "in", content: signInScreen(begin) };
  const alert = current();
  if (alert?.state === "ringing") return { name: "ring", content: ringScreen(alert) };
  if (alert?.state === "accepted" && alert.mission) return { name: "task", content: taskScreen(alert, alert.mission) };
  if (alert) return { name: "over", content: overScreen(alert) };
  return { name: "home", content: homeScreen() };
}

function bar() {
  return h("header", { class: "bar" },
    h("span", { class: "brand" }, h("img", { src: "/demo/phone/heart.svg", alt: "", width: 22, height: 22 }), t("app")),
    h("span", { class: "tag" }, t("demo")),
    tokens() && h("span", { class: `line ${state.connected ? "on" : "off"}` }, h("span", {}, t(state.connected ? "connected" : "not_connected"))),
    h("button", { id: "language", class: "plain", type: "button", lang: language() === "da" ? "en" : "da", onclick: () => { speak(language() === "da" ? "en" : "da"); set({}); } }, t("switch_language")));
}

function draw() {
  const { name: next, content } = screen();
  const changed = next !== name;
  name = next;
  phone.dataset.screen = next;
  const said = document.scrollingElement?.scrollTop ?? 0;
  show(phone, bar(),
    h("main", { class: "screen", "aria-busy": state.busy },
      state.trouble && h("p", { class: "trouble", role: "alert" }, state.trouble === t("overloaded") ? state.trouble : `${t("failed")}: ${state.trouble}`),
      next !== "ring" && state.news && h("p", { class: "news", role: "status" }, state.news),
      content));
  window.scrollTo(0, changed ? 0 : said);
  if (changed) {
    const heading = phone.querySelector("h1");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
    document.title = `${heading?.textContent ?? ""} – ${t("app")}`;
    const alert = current();
    if (next === "ring") announce(`${t("ring_title")}. ${t("accept")} / ${t("decline")}`);
    if (next === "over" && alert) announce(`${tOf("state", alert.state)}. ${tOf("reason", alert.reason)}`);
  }
}

document.addEventListener("pointerdown", allowSound);
document.addEventListener("keydown", allowSound);
drawWith(draw);
draw();
if (tokens()) {
  begin().catch((problem) => {
    if (problem.status === 401) end();
  });
}
