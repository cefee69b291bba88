// One call of a script that changes something, and why it was refused in the page's own words.

import { say, sayOf } from "./words.js";

const PATIENCE_MS = 8_000;
const KIND = document.body.dataset["kind"] ?? "live";

/**
 * What was answered, or why nothing was done. A call without an answer may be made again: it is done once.
 * @param {string} address @param {unknown} body
 * @returns {Promise<{told: unknown, why: null} | {told: null, why: string}>}
 */
export async function post(address, body) {
  try {
    const answer = await fetch(`${address}?slags=${KIND}`, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-Konsol-Ord": document.body.dataset["word"] ?? "" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.ok) return { told: await answer.json(), why: null };
    return { told: null, why: say("not_done", await refusal(answer)) };
  } catch {
    return { told: null, why: say("unanswered") };
  }
}

/** @param {Response} answer */
async function refusal(answer) {
  if (answer.status === 401) return say("not_signed_in");
  try {
    const slug = String((await answer.json()).type).split("/").pop() ?? "";
    const said = sayOf("refusals", slug);
    return said === slug ? String(answer.status) : said;
  } catch {
    return String(answer.status);
  }
}
