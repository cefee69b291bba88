// Signing in with a number and a code; signing up when the number is new.

import { askForCode, newNumber, signIn, signUp, textsTo } from "./actions.js";
import { h } from "./dom.js";
import { attempt, set, state } from "./state.js";
import { t } from "./words.js";

const CONSENT_VERSION = "1";
const TRAININGS = ["hlr_and_aed", "hlr", "first_aid", "health_professional", "none"];
const TEXT_LOOKS = 40;

/** What has been typed so far, kept while the screen is drawn anew. */
const typed = { step: "phone", phone: "", code: "", name: "", birthYear: "", turned18: false, training: "hlr_and_aed", alarms: false, location: false, token: "" };
/** @type {string | null} */
let text = null;

/** @param {() => Promise<void>} done */
export function signInScreen(done) {
  if (typed.step === "person") return personForm(done);
  return typed.step === "code" ? codeForm(done) : phoneForm();
}

/** @param {() => Promise<void>} action */
const submit = (action) => (/** @type {Event} */ event) => {
  event.preventDefault();
  void attempt(action);
};

function phoneForm() {
  return h("form", { class: "stack", onsubmit: submit(sendCode) },
    h("div", { class: "hero" }, h("img", { src: "/demo/phone/heart.svg", alt: "", width: 88, height: 88 })),
    h("h1", {}, t("welcome")),
    h("p", { class: "soft" }, t("welcome_text")),
    field("phone", t("phone"), h("input", { id: "phone-number", type: "tel", inputmode: "tel", autocomplete: "tel", required: true, value: typed.phone, oninput: keepIn("phone") })),
    h("button", { class: "main", type: "submit", disabled: state.busy }, t("send_code")),
    h("button", { id: "demo-number", class: "second", type: "button", onclick: () => void attempt(fillNumber) }, t("demo_number")),
    h("p", { class: "fine" }, t("demo_note")));
}

async function fillNumber() {
  typed.phone = await newNumber();
}

async function sendCode() {
  text = null;
  const before = (await textsTo(typed.phone).catch(() => [])).length;
  await askForCode(typed.phone);
  Object.assign(typed, { step: "code", code: "" });
  void waitForText(typed.phone, before);
}

/** The demo has no real phone to read on: what the SMS server got is shown here. @param {string} phone @param {number} before */
async function waitForText(phone, before) {
  for (let turn = 0; turn < TEXT_LOOKS && typed.step === "code" && text === null; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    const texts = await textsTo(phone).catch(() => []);
    const newest = texts[texts.length - 1];
    if (texts.length > before && newest) {
      text = newest.text;
      set({});
    }
  }
}

/** @param {() => Promise<void>} done */
function codeForm(done) {
  const digits = text?.match(/(?<!\d)\d{6}(?!\d)/)?.[0];
  return h("form", { class: "stack", onsubmit: submit(() => checkCode(done)) },
    h("h1", {}, t("code")),
    h("p", { class: "soft" }, t("code_text")),
    text !== null && h("div", { class: "text-message" },
      h("p", { class: "fine" }, t("text_message")),
      h("p", { class: "bubble" }, text),
      digits && h("button", { id: "put-in", class: "second", type: "button", onclick: () => { typed.code = digits; set({}); } }, t("put_in"))),
    field("code", t("code"), h("input", { id: "code", class: "code", type: "text", inputmode: "numeric", autocomplete: "one-time-code", pattern: "[0-9]{6}", maxlength: 6, required: true, value: typed.code, oninput: keepIn("code") })),
    h("button", { class: "main", type: "submit", disabled: state.busy }, t("sign_in")),
    h("button", { id: "other-number", class: "plain", type: "button", onclick: () => { typed.step = "phone"; set({ trouble: null }); } }, t("other_number")));
}

/** @param {() => Promise<void>} done */
async function checkCode(done) {
  const token = await signIn(typed.phone, typed.code);
  if (token === null) {
    typed.step = "phone";
    await done();
  } else Object.assign(typed, { step: "person", token });
}

/** @param {() => Promise<void>} done */
function personForm(done) {
  const thisYear = new Date().getFullYear();
  return h("form", { class: "stack", onsubmit: submit(() => becomeOne(done)) },
    h("h1", {}, t("sign_up")),
    field("name", t("name"), h("input", { id: "name", type: "text", autocomplete: "name", required: true, value: typed.name, oninput: keepIn("name") })),
    field("birth-year", t("birth_year"), h("input", { id: "birth-year", type: "number", inputmode: "numeric", min: thisYear - 110, max: thisYear - 18, required: true, value: typed.birthYear, oninput: (/** @type {any} */ event) => { typed.birthYear = event.target.value; if (typed.birthYear.length === 4) set({}); } })),
    Number(typed.birthYear) === thisYear - 18 && tick("turned18", t("has_turned_18")),
    field("training", t("training"), h("select", { id: "training", onchange: keepIn("training") },
      TRAININGS.map((training) => h("option", { value: training, selected: training === typed.training }, t(`training_${training}`))))),
    tick("alarms", t("consent_alarms")),
    tick("location", t("consent_location")),
    h("button", { class: "main", type: "submit", disabled: state.busy }, t("sign_up_now")));
}

/** @param {() => Promise<void>} done */
async function becomeOne(done) {
  const purposes = [typed.alarms && "alarms", typed.location && "location"].filter(Boolean);
  await signUp({
    name: typed.name,
    birth_year: Number(typed.birthYear),
    ...(typed.turned18 ? { has_turned_18: true } : {}),
    training: typed.training,
    languages: ["da", "en"],
    consents: purposes.map((purpose) => ({ purpose, version: CONSENT_VERSION })),
  }, typed.token);
  typed.step = "phone";
  await done();
}

/** @param {string} id @param {string} label @param {HTMLElement} input */
function field(id, label, input) {
  return h("div", { class: "field" }, h("label", { for: input.id || id }, label), input);
}

/** @param {"turned18" | "alarms" | "location"} key @param {string} label */
function tick(key, label) {
  return h("label", { class: "tick" }, h("input", { id: `tick-${key}`, type: "checkbox", required: true, checked: typed[key], onchange: (/** @type {any} */ event) => { typed[key] = event.target.checked; } }), h("span", {}, label));
}

/** @param {"phone" | "code" | "name" | "training"} key */
const keepIn = (key) => (/** @type {any} */ event) => {
  typed[key] = event.target.value;
};
