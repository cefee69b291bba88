// The phone's own connection: GET /mobile/v1/alerts/stream, kept open, opened again when it goes quiet.
// fetch instead of EventSource, because EventSource cannot send an Authorization header.

import { withToken } from "./api.js";

const QUIET_MS = 25_000; // the server says something every 10 s
const LONGEST_WAIT_MS = 5_000;

/**
 * Calls `heard(event, data)` for each event, `connected(yes)` when the state of the line changes. Returns a stop function.
 * @param {(event: string, data: any) => void} heard @param {(yes: boolean) => void} connected
 */
export function listen(heard, connected) {
  let stopped = false;
  let wait = 250;
  /** @type {AbortController} */
  let line = new AbortController();

  (async () => {
    while (!stopped) {
      line = new AbortController();
      try {
        await follow(line, (event, data) => {
          wait = 250;
          heard(event, data);
        }, () => connected(true));
      } catch {
        // the line is gone: try again below
      }
      if (stopped) return;
      connected(false);
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(LONGEST_WAIT_MS, wait * 2);
    }
  })();

  return () => {
    stopped = true;
    line.abort();
  };
}

/** @param {AbortController} line @param {(event: string, data: any) => void} heard @param {() => void} opened */
async function follow(line, heard, opened) {
  const response = await withToken((token) =>
    fetch("/mobile/v1/alerts/stream", {
      headers: { Authorization: `Bearer ${token}`, Accept: "text/event-stream" },
      cache: "no-store",
      signal: line.signal,
    }),
  );
  if (!response.ok || !response.body) throw new Error(`stream ${response.status}`);
  opened();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const watchdog = setTimeout(() => line.abort(), QUIET_MS);
    const { done, value } = await reader.read().finally(() => clearTimeout(watchdog));
    if (done) return;
    const blocks = (rest + value).replaceAll("\r\n", "\n").split("\n\n");
    rest = blocks.pop() || "";
    for (const block of blocks) tell(block, heard);
  }
}

/** @param {string} block @param {(event: string, data: any) => void} heard */
function tell(block, heard) {
  let event = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).trim());
  }
  if (data.length) heard(event, JSON.parse(data.join("\n")));
}
