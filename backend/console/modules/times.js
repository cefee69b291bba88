// Times as a control room says them. Pure: the hour is an argument, the server's clock is the one that counts.

const CLOCK = new Intl.DateTimeFormat("da-DK", {
  timeZone: "Europe/Copenhagen",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** HH.MM.SS in Copenhagen, whatever the machine's own zone. @param {number} ms */
export function clock(ms) {
  const parts = CLOCK.formatToParts(ms);
  return parts.filter((each) => each.type !== "literal").map((each) => each.value).join(".");
}

/** How long ago, as it is read at a glance: 0.07, 12.40, 1 t 05. @param {number} seconds */
export function age(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}.${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)} t ${two(minutes % 60)}`;
}

/** An age that need not be exact: 40 s, 12 min, 3 t, 2 d. @param {number} seconds */
export function roughAge(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.round(whole / 60)} min`;
  return whole < 172_800 ? `${Math.round(whole / 3600)} t` : `${Math.round(whole / 86_400)} d`;
}

/** How far the server's clock is ahead of this machine's, in ms. @param {string} serverSaid @param {number} here */
export function offset(serverSaid, here) {
  const there = Date.parse(serverSaid);
  return Number.isNaN(there) ? 0 : there - here;
}

/** @param {number} number */
function two(number) {
  return String(number).padStart(2, "0");
}
