// The stream of steps: whether it lives, and which incidents have news.

import { link } from "./stale.js";

/** @typedef {import("./stale.js").Link} Link */

/** As `foundation.journal.Event`; another one is heard of with the next look at everything. */
const STEPS = [
  "incident_opened", "incident_revised", "alarm_flagged", "incident_ended", "exclusion_overridden", "possible_duplicate",
  "joined", "centre_asked", "choosing_failed", "place_kept", "place_unreadable", "wave_asked", "reach_widened", "alert_unreachable",
  "alert_missed", "alert_withdrawn", "accepted", "declined", "too_late", "address_disclosed", "revision_unheard", "status",
  "gave_up", "aed_problem", "aed_assigned", "role_changed", "stood_down", "mission_ended",
  "said", "told", "asked_more", "attention_needed", "attention_taken", "lent",
];

/** How often it is asked whether the stream has fallen silent: what is stale is said within five seconds. */
const LOOKS_EVERY_MS = 250;

/**
 * Follows the incidents of one kind until the page goes.
 * @param {string} address
 * @param {{connected: () => void, step: (incident: string, event: string) => void, link: (link: Link, lastHeard: number) => void}} told
 */
export function follow(address, told) {
  let lastHeard = Date.now();
  let tried = lastHeard;
  let everHeard = false;
  /** @type {EventSource | null} */
  let source = null;

  function heard() {
    lastHeard = Date.now();
    everHeard = true;
    tell();
  }

  function tell() {
    told.link(link(lastHeard, everHeard, Date.now()), lastHeard);
  }

  function open() {
    tried = Date.now();
    source = new EventSource(address);
    // Whatever was missed is read anew: a reconnection is told before its first step.
    source.addEventListener("open", () => {
      heard();
      told.connected();
    });
    source.addEventListener("beat", heard);
    for (const step of STEPS) {
      source.addEventListener(step, (event) => {
        heard();
        told.step(JSON.parse(event.data).incident_id, step);
      });
    }
    source.addEventListener("error", () => {
      // A refusal (signed out, a gateway's page) closes it for good: a browser tries again only what broke off.
      if (source?.readyState === EventSource.CLOSED) setTimeout(open, 2_000);
      tell();
    });
  }

  open();
  setInterval(() => {
    tell();
    // A connection that hangs without an end is not noticed by a browser for minutes.
    if (Date.now() - Math.max(lastHeard, tried) > 10_000 && source !== null && source.readyState !== EventSource.CLOSED) {
      source.close();
      open();
    }
  }, LOOKS_EVERY_MS);
}
