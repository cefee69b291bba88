// Somebody acted on this page: said once a page view, by nobody in particular. Nothing is stored.
const kinds = ["pointerdown", "touchstart", "keydown", "focusin"];
const forms = document.querySelectorAll("form[data-acted]");

/** @param {Event} event */
function acted(event) {
    if (!event.isTrusted) return; // a program's doing
    for (const kind of kinds) removeEventListener(kind, acted, true);
    if (!navigator.sendBeacon(forms[0].dataset.acted)) return; // then the form counts, if it is sent
    for (const form of forms) form.elements.acted.value = "1";
    for (const link of document.querySelectorAll("a[data-same-visit]")) link.search += (link.search ? "&" : "?") + "acted=1";
}

if (forms.length && forms[0].elements.acted.value !== "1") for (const kind of kinds) addEventListener(kind, acted, true);
