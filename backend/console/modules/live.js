// What the board and the wall have in common: the store, the stream, the clock and the banners about both.

import { Attend } from "./attend.js";
import { banner } from "./banners.js";
import { byId, write } from "./dom.js";
import { whenFree } from "./pressed.js";
import { unread } from "./stale.js";
import { Store } from "./store.js";
import { follow } from "./stream.js";
import { clock } from "./times.js";
import { say } from "./words.js";

/** Steps after which what needs a person may be something else. */
const OF_ATTENTION = new Set(["attention_needed", "attention_taken", "said", "accepted", "gave_up", "incident_ended"]);
const KIND = document.body.dataset["kind"] ?? "live";

/**
 * Begins to follow. `show` is called with the incidents that changed, `tick` each second.
 * `chosen` and `pick`: which incident is looked at, where the page has a choice.
 * @param {{show: (store: Store) => void, tick: (store: Store) => void, chosen?: () => string | null, pick?: (incident: string) => void}} page
 */
export function goLive(page) {
  const show = (/** @type {Store} */ store) => whenFree("show", () => page.show(store));
  const store = new Store(`/konsol/data/overblik?slags=${KIND}`, show, (refused) => {
    const out = refused?.status === 401;
    banner("signed-out", out ? say("not_signed_in") : null, { link: refused?.link ?? "/konsol/log-ind", word: say("sign_in") });
    banner("refused", refused !== null && !out ? say("refused", refused.detail || refused.status) : null);
  });
  store.ahead = Date.parse(document.body.dataset["now"] ?? "") - performance.timeOrigin || 0;

  const attend = new Attend({
    now: () => store.now(),
    chosen: page.chosen ?? (() => null),
    pick: page.pick ?? (() => {}),
    caseOf: (incident) => store.incidents.get(incident)?.case_number ?? null,
  });
  const stream = byId("stream");
  follow(`/konsol/data/haendelser?slags=${KIND}`, {
    connected: () => store.readAll(),
    step: (incident, event) => {
      store.hasNews(incident);
      if (OF_ATTENTION.has(event)) void attend.read();
    },
    link: (link, lastHeard) => {
      if (stream.dataset["state"] !== link) {
        stream.dataset["state"] = link;
        document.documentElement.dataset["link"] = link;
        write(byId("stream-word"), say({ live: "connected", connecting: "connecting", stale: "stale" }[link]));
      }
      attend.link(link, lastHeard);
      banner("stale", link === "stale" ? say("stale_since", clock(lastHeard + store.ahead)) : null);
    },
  });
  store.readAll();

  const tick = () => {
    write(byId("clock"), clock(store.now()));
    page.tick(store);
    attend.tick();
    const since = stream.dataset["state"] === "stale" ? null : unread(store.readAt, Date.now());
    banner("unread", since === null ? null : say("unread_since", clock(since + store.ahead)));
  };
  tick();
  setInterval(tick, 1_000);
  return store;
}
