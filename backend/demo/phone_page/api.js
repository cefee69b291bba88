// The mobile API (openapi/mobile.json) and the few routes only the demo has. Tokens are kept for this browser.

import { t } from "./words.js";

const KEPT = "hjerteloeber-demo-tokens";

/** @typedef {{access_token: string, refresh_token: string, volunteer_id: string}} Tokens */

/** What the server refused, in its own words (RFC 9457). */
export class Refused extends Error {
  /** @param {number} status @param {{type?: string, title?: string, detail?: string, reason?: string, errors?: {field: string, problem: string}[]}} problem @param {number} retryAfterS */
  constructor(status, problem, retryAfterS) {
    super(problem.type?.endsWith("/overloaded") ? t("overloaded") : problem.errors?.map((error) => `${error.field.replace(/^\//, "")}: ${error.problem}`).join(" · ") || problem.detail || problem.title || `HTTP ${status}`);
    this.status = status;
    this.slug = (problem.type || "").split("/").pop() || "";
    this.reason = problem.reason || null;
    this.retryAfterS = retryAfterS;
  }
}

/** @returns {Tokens | null} */
export function tokens() {
  const kept = localStorage.getItem(KEPT);
  return kept ? JSON.parse(kept) : null;
}

/** @param {Tokens | null} tokens */
export function keep(tokens) {
  if (tokens) localStorage.setItem(KEPT, JSON.stringify(tokens));
  else localStorage.removeItem(KEPT);
}

/** @param {string} method @param {string} path @param {unknown} body @param {string | null} bearer */
async function once(method, path, body, bearer) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  return fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: "no-store" });
}

/** @param {Response} response */
async function read(response) {
  const text = await response.text();
  let content = null;
  try {
    content = text ? JSON.parse(text) : null;
  } catch {
    content = { title: text.slice(0, 200) };
  }
  if (!response.ok) throw new Refused(response.status, content || {}, Number(response.headers.get("Retry-After")) || 0);
  return content;
}

/** A call without a log-in, or with a sign-up token. @param {string} method @param {string} path @param {unknown} [body] @param {string | null} [bearer] */
export async function open(method, path, body, bearer = null) {
  return read(await once(method, path, body, bearer));
}

/** Do it again for as long as alarms come first, each time when the server says; `told` is what to show meanwhile.
 * Only for what no ringing alarm waits behind. @template T @param {() => Promise<T>} request @param {(trouble: string | null) => void} told @returns {Promise<T>} */
export async function patiently(request, told) {
  for (;;) {
    try {
      const answer = await request();
      told(null);
      return answer;
    } catch (refused) {
      if (!(refused instanceof Refused) || refused.slug !== "overloaded") throw refused;
      told(refused.message);
      await new Promise((resolve) => setTimeout(resolve, 1000 * Math.max(1, refused.retryAfterS)));
    }
  }
}

/** A call as the signed-in volunteer; a spent access token is renewed once. @param {string} method @param {string} path @param {unknown} [body] */
export async function call(method, path, body) {
  const response = await withToken((token) => once(method, path, body, token));
  return read(response);
}

/** @param {(token: string) => Promise<Response>} request */
export async function withToken(request) {
  const mine = tokens();
  if (!mine) throw new Refused(401, { title: "signed out" }, 0);
  const response = await request(mine.access_token);
  if (response.status !== 401) return response;
  const fresh = await renew(mine);
  return fresh ? request(fresh.access_token) : response;
}

/** @type {Promise<Tokens | null> | null} */
let renewing = null;

/** Many calls at once renew once: a refresh token is spent by its first use. @param {Tokens} spent */
function renew(spent) {
  renewing ??= (async () => {
    try {
      if (tokens()?.refresh_token !== spent.refresh_token) return tokens();
      const response = await once("POST", "/mobile/v1/sign-in/refresh", { refresh_token: spent.refresh_token }, null);
      if (response.status === 401) keep(null);
      if (!response.ok) return null;
      const fresh = await response.json();
      keep(fresh);
      return fresh;
    } finally {
      renewing = null;
    }
  })();
  return renewing;
}

/** @param {string} language */
export const device = (language) => ({ platform: "web", app_version: "1.4.0", language });
export const now = () => new Date().toISOString();
