// X: everybody at one incident is stood down, with a reason. A dialog that names the incident; a number; Enter.

import { post } from "./asking_server.js";
import { byId, write } from "./dom.js";
import { asked, chosen, CLOSED, numbered, seen, sending, sends, unsent } from "./stand_down_steps.js";
import { say } from "./words.js";

/** @typedef {import("./stand_down_steps.js").State} State */

export class StandDown {
  constructor() {
    this.dialog = /** @type {HTMLDialogElement} */ (byId("stand-down"));
    this.send = /** @type {HTMLButtonElement} */ (byId("stand-down-send"));
    this.choices = /** @type {HTMLInputElement[]} */ ([...this.dialog.querySelectorAll("input[name=reason]")]);
    this.reasons = this.choices.map((each) => each.value);
    /** @type {State} */
    this.state = CLOSED;
    this.says = "";
    this.dialog.addEventListener("keydown", (event) => this.pressed(event));
    this.dialog.addEventListener("change", () => {
      const ticked = this.choices.find((each) => each.checked);
      if (ticked) this.become(chosen(this.state, ticked.value, Date.now()));
    });
    byId("stand-down-form").addEventListener("submit", (event) => {
      event.preventDefault();
      if (sends(this.state, Date.now(), false)) void this.go();
    });
    byId("stand-down-leave").addEventListener("click", () => this.dialog.close());
  }

  /** @param {string} incident @param {string} name as everybody in the room calls it */
  ask(incident, name) {
    // Whether it is open decides, not the event that tells of its closing: that comes late, and X right after Escape
    // would do nothing.
    if (this.dialog.open || this.state.step === "sending") return; // what is on its way is told when it has come
    this.says = "";
    for (const each of this.choices) each.checked = false;
    this.become(asked(incident, name));
    this.dialog.showModal();
    this.choices[0]?.focus();
  }

  /** What is open by now. @param {(incident: string) => boolean} isOpen */
  seen(isOpen) {
    if (this.dialog.open) this.become(seen(this.state, isOpen(this.state.incident)));
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const reason = event.repeat ? null : numbered(this.reasons, event.key);
    if (reason !== null) {
      const choice = this.choices.find((each) => each.value === reason);
      if (choice && this.state.step === "asking") {
        choice.checked = true;
        choice.focus();
        this.become(chosen(this.state, reason, Date.now()));
      }
    } else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) {
      if (sends(this.state, Date.now(), event.repeat)) void this.go();
    } else if (event.key !== "Enter" || !event.repeat) return;
    event.preventDefault();
  }

  async go() {
    const { incident, name, reason } = this.state;
    this.says = "";
    this.become(sending(this.state));
    const { why } = await post(`/konsol/data/haendelser/${incident}/aflys`, { reason });
    if (why === null) {
      this.state = CLOSED;
      this.dialog.close();
      write(byId("stood-down-says"), say("all_down_done", name));
      return;
    }
    this.says = why;
    this.become(unsent(this.state));
    if (!this.dialog.open) this.dialog.showModal(); // whoever closed it believes that it was done
    this.send.focus();
  }

  /** @param {State} state */
  become(state) {
    this.state = state;
    write(byId("stand-down-heading"), say("all_down_of", state.name));
    write(byId("stand-down-says"), state.step === "over" ? say("all_down_over") : this.says);
    this.send.disabled = state.step !== "asking" || state.reason === null;
    write(byId("stand-down-word"), say(state.step === "sending" ? "acting" : "all_down"));
    for (const each of this.choices) each.disabled = state.step !== "asking";
  }
}
