// N and / on a live page lead to the one box: a live alarm by hand where that is allowed, and on the exercises' board an exercise.
// On the map N means its middle, and a right click the place that is pointed at.

const may = (document.body.dataset["may"] ?? "").split(" ");
const exercise = document.body.dataset["kind"] === "exercise";

/** @param {string | undefined} point */
function begin(point) {
  if (!may.includes(exercise ? "exercise" : "trigger")) return;
  const page = exercise ? "/konsol/ny-oevelse" : "/konsol/ny";
  location.assign(point === undefined ? page : `${page}#${encodeURIComponent(point)}`); // behind the #: no server is told
}

document.addEventListener("board:new", () => {
  const map = document.getElementById("map");
  begin(map?.contains(document.activeElement) ? map.dataset["middle"] : undefined);
});
document.addEventListener("board:search", () => begin(undefined));
document.addEventListener("board:point", (event) => {
  if (event instanceof CustomEvent) begin(event.detail.point);
});
