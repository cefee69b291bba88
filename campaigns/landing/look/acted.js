// Somebody acted on this page: said once a page view, by nobody in particular. Nothing is stored.
const form = document.querySelector("form[data-acted]");
const kinds = ["pointerdown", "touchstart", "keydown", "focusin"];

/** @param {Event} event */
function acted(event) {
    if (!event.isTrusted) return;
    for (const kind of kinds) removeEventListener(kind, acted, true);
    if (!navigator.sendBeacon(form.dataset.acted)) return; // then the form counts, if it is sent
    form.elements.acted.value = "1";
    for (const link of document.querySelectorAll("a[data-same-visit]")) link.search += (link.search ? "&" : "?") + "acted=1";
}

if (form && form.elements.acted.value !== "1") for (const kind of kinds) addEventListener(kind, acted, true);
