// What this phone does: each a call of the mobile API, or of the demo's own routes where it says so.

import { call, device, keep, now, open, patiently, tokens } from "./api.js";
import { startRinging, stopRinging } from "./sound.js";
import { attempt, current, noteSeen, set, state } from "./state.js";
import { listen } from "./stream.js";
import { language, t } from "./words.js";

/** @typedef {import("./state.js").Alert} Alert */

const STILL_HERE_MS = 120_000;
const TEST_LOOKS = 15;
const CHANGE_SOUNDS_MS = 5_000;

/** @type {(() => void) | null} */
let hangUp = null;
/** @type {ReturnType<typeof setInterval> | null} */
let heartbeat = null;
const shown = new Set();

// ---- being connected

/** After signing in, and at every start. */
export async function begin() {
  hangUp?.();
  hangUp = listen(heard, (connected) => set({ connected }));
  heartbeat ??= setInterval(() => void stillHere(), STILL_HERE_MS);
  if (state.place) await tellPosition(state.place).catch(() => undefined);
  await look();
}

export async function signOut() {
  await call("POST", "/mobile/v1/sign-out").catch(() => undefined);
  end();
}

export function end() {
  hangUp?.();
  hangUp = null;
  if (heartbeat !== null) clearInterval(heartbeat);
  heartbeat = null;
  stopRinging();
  keep(null);
  set({ alerts: [], readiness: null, test: null, testRings: false, place: null, connected: false, incident: null });
}

/** @param {string} event @param {any} data */
function heard(event, data) {
  if (event === "alerts") take(data.alerts);
  else if (event === "test_alarm") void hearTest(data);
}

/** The server's truth about my alerts. @param {Alert[]} alerts */
function take(alerts) {
  const before = new Map(state.alerts.map((alert) => [alert.id, alert]));
  const rings = alerts.find((alert) => alert.state === "ringing");
  let changed = "";
  for (const alert of alerts) {
    if (alert.state === "ringing" || alert.state === "accepted") noteSeen(alert.id);
    const old = before.get(alert.id);
    if (isNews(old, alert) && alert.state === "accepted") changed = sentDirect(old, alert) ? "go_direct" : "revised";
  }
  for (const alert of alerts) if (alert.state === "ringing" || isNews(before.get(alert.id), alert)) void sendReceipt(alert);
  if (rings) startRinging();
  else if (!state.testRings) stopRinging();
  if (changed) tellOfChange(changed);
  const starts = rings !== undefined && before.get(rings.id)?.state !== "ringing";
  set(starts ? { alerts, news: null, trouble: null, givingUp: false } : { alerts });
}

/** Something the centre told: a revision, or the end. @param {Alert | undefined} old @param {Alert} alert */
function isNews(old, alert) {
  if (!old) return false;
  const ended = alert.state === "stood_down" || alert.state === "withdrawn";
  if (alert.state === "accepted") return alert.revision > old.revision || sentDirect(old, alert);
  return ended && alert.state !== old.state;
}

/** Nobody goes straight to the patient: whoever was to fetch a defibrillator now does. @param {Alert | undefined} old @param {Alert} alert */
function sentDirect(old, alert) {
  return old?.mission?.role === "aed" && alert.mission?.role === "direct";
}

/** With the alarm's sound: somebody may be running to the old place. @param {string} what */
function tellOfChange(what) {
  set({ news: t(what) });
  startRinging();
  setTimeout(() => state.alerts.some((alert) => alert.state === "ringing") || stopRinging(), CHANGE_SOUNDS_MS);
}

/** A receipt says: it was on the screen. Once for each ring, revision and end. @param {Alert} alert */
async function sendReceipt(alert) {
  const over = alert.state === "stood_down" || alert.state === "withdrawn";
  const ring = `${alert.id} ${alert.ring_no} ${alert.revision} ${alert.mission?.role} ${over}`;
  if (shown.has(ring)) return;
  shown.add(ring);
  const at = now();
  await call("POST", `/mobile/v1/alerts/${alert.id}/receipt`, { shown_at: at, sent_at: now(), channel: "in_app", revision: alert.revision }).catch(() => shown.delete(ring));
}

async function stillHere() {
  if (tokens()) await call("POST", "/mobile/v1/still-here", { sent_at: now() }).catch(() => undefined);
}

export async function look() {
  if (!tokens()) return;
  const [readiness, { alerts }, me] = await Promise.all([call("GET", "/mobile/v1/readiness"), call("GET", "/mobile/v1/alerts"), call("GET", "/mobile/v1/me")]);
  set({ readiness, onDuty: me.duty?.on_duty ?? me.on_duty ?? true });
  take(alerts);
}

// ---- signing in and up

/** Nobody who is still to sign in is rung: nothing waits behind this. @template T @param {() => Promise<T>} request */
const whenThereIsRoom = (request) => patiently(request, (trouble) => trouble !== state.trouble && set({ trouble }));

/** @param {string} phone */
export const askForCode = (phone) => whenThereIsRoom(() => open("POST", "/mobile/v1/sign-in/codes", { phone, language: language() }));

/** @param {string} phone @param {string} code @returns {Promise<string | null>} a sign-up token for somebody new */
export async function signIn(phone, code) {
  const answer = await whenThereIsRoom(() => open("POST", "/mobile/v1/sign-in", { phone, code, device: device(language()) }));
  if (answer.status === "signed_in") {
    keep(answer.tokens);
    await tellDevice();
    return null;
  }
  return answer.sign_up_token;
}

/** @param {Record<string, unknown>} person @param {string} signUpToken */
export async function signUp(person, signUpToken) {
  const answer = await whenThereIsRoom(() => open("POST", "/mobile/v1/volunteers", { ...person, device: device(language()) }, signUpToken));
  keep(answer.tokens);
  await tellDevice();
}

async function tellDevice() {
  const allowed = "granted"; // a page that is open can always ring
  const permissions = { notifications: allowed, location_always: allowed, critical_alerts: allowed, battery_unrestricted: allowed };
  await whenThereIsRoom(() => call("PUT", "/mobile/v1/me/device", { ...device(language()), push: null, permissions }));
}

// ---- where I am, whether I can be rung

/** @param {{lat: number, lon: number, name: string, accuracy_m?: number | null}} place */
export async function tellPosition(place) {
  const at = now();
  const { lat, lon } = place;
  const { results } = await call("POST", "/mobile/v1/positions", { sent_at: at, positions: [{ lat, lon, accuracy_m: place.accuracy_m ?? 20, measured_at: at }] });
  if (results[0].outcome !== "refused") set({ place: { lat, lon, name: place.name } });
  set({ readiness: await call("GET", "/mobile/v1/readiness") });
}

/** @param {boolean} on */
export async function setDuty(on) {
  await call("PUT", "/mobile/v1/me/duty", { on_duty: on, snoozed_until: null, quiet_week: [] });
  set({ onDuty: on, readiness: await call("GET", "/mobile/v1/readiness") });
}

export async function testAlarm() {
  const test = await call("POST", "/mobile/v1/test-alarm");
  const waiting = test.channels.map((/** @type {string} */ channel) => ({ channel, outcome: "waiting" }));
  set({ test: { id: test.id, channels: waiting } });
  void watchTest(test.id);
}

/** @param {string} id */
async function watchTest(id) {
  for (let turn = 0; turn < TEST_LOOKS && state.test?.id === id; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const test = await call("GET", `/mobile/v1/test-alarm/${id}`).catch(() => null);
    if (test && state.test?.id === id) set({ test: { id, channels: test.channels } });
  }
}

/** @param {{id?: string, test_alarm_id?: string}} data */
async function hearTest(data) {
  const id = data.id ?? data.test_alarm_id;
  if (!id || shown.has(id)) return;
  shown.add(id);
  startRinging();
  set({ testRings: true });
  await call("POST", `/mobile/v1/test-alarm/${id}/receipt`, { channel: "in_app", shown_at: now() }).catch(() => undefined);
}

export function stopTest() {
  stopRinging();
  set({ testRings: false });
}

// ---- answering

/** @param {string} verb @param {unknown} body */
async function answer(verb, body) {
  const alert = current();
  if (!alert) return;
  try {
    const changed = await call("POST", `/mobile/v1/alerts/${alert.id}/${verb}`, body);
    stopRinging();
    set({ alerts: state.alerts.map((each) => (each.id === changed.id ? changed : each)), news: null, givingUp: false });
    return changed;
  } catch (refused) {
    await look();
    throw refused;
  }
}

export const accept = () => attempt(async () => void (await answer("accept", { sent_at: now() })));
export const decline = () => attempt(async () => void (await answer("decline", {})));

/** @param {string} status */
export const tell = (status) => attempt(async () => void (await answer("status", { status, happened_at: now(), sent_at: now() })));

/** @param {string} reason */
export const giveUp = (reason) => attempt(async () => void (await answer("give-up", { reason })));

/** @param {string} problem */
export const aedProblem = (problem) =>
  attempt(async () => {
    // Which one: asked again after a lost answer, it must not condemn the next.
    const changed = await answer("aed-problem", { problem, aed_id: current()?.mission?.aed?.id ?? null });
    set({ news: t(changed?.mission?.role === "aed" ? "aed_next" : "aed_none") });
  });

// ---- only in the demo: what a real phone cannot do

export const newNumber = async () => /** @type {string} */ ((await open("POST", "/demo/new-number")).phone);

/** @param {string} phone @returns {Promise<{text: string, at: string}[]>} */
export const textsTo = async (phone) => (await open("POST", "/demo/texts", { phone })).texts;

export const makeArrest = () =>
  attempt(async () => {
    if (!state.place) return;
    const { incident_id } = await open("POST", "/demo/arrest", { lat: state.place.lat, lon: state.place.lon });
    set({ incident: incident_id, news: t("arrest_made") });
  });

export const ambulanceArrives = () =>
  attempt(async () => {
    if (state.incident) await open("POST", "/demo/ambulance", { incident_id: state.incident });
    set({ incident: null });
  });
