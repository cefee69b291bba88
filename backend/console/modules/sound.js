// The sound of what needs a person: the same few tones again and again until there is no need.

import { tones } from "./ringing.js";

const AGAIN_MS = 2_500;
const LOUD = 0.35;

export class Sound {
  /** @param {string} kind @param {() => void} changed called when the browser lets it sound, or does not any more */
  constructor(kind, changed) {
    this.kind = kind;
    this.changed = changed;
    /** @type {AudioContext | null} */
    this.context = null;
    /** @type {ReturnType<typeof setInterval> | null} */
    this.again = null;
    // Any touch of the page lets it sound; a browser asks for one.
    for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, () => void this.allowed(), { capture: true });
  }

  get state() {
    return this.context?.state ?? "none";
  }

  /** Asks the browser to let it sound. */
  async allowed() {
    if (this.context === null) {
      this.context = new AudioContext();
      this.context.addEventListener("statechange", this.changed);
    }
    if (this.context.state !== "running") {
      // Without a touch this never comes to an end: the state says what became of it.
      void this.context.resume().then(this.changed, this.changed);
    }
  }

  start() {
    if (this.again !== null) return;
    void this.allowed();
    this.once();
    this.again = setInterval(() => this.once(), AGAIN_MS);
  }

  stop() {
    if (this.again !== null) clearInterval(this.again);
    this.again = null;
  }

  /** One call; also to try it. */
  once() {
    const context = this.context;
    if (context === null || context.state !== "running") return;
    for (const tone of tones(this.kind)) {
      const begins = context.currentTime + tone.from;
      const ends = begins + tone.for;
      const gain = context.createGain();
      gain.gain.setValueAtTime(0, begins);
      gain.gain.linearRampToValueAtTime(LOUD, begins + 0.02);
      gain.gain.setValueAtTime(LOUD, ends - 0.03);
      gain.gain.linearRampToValueAtTime(0, ends);
      const voice = new OscillatorNode(context, { type: "triangle", frequency: tone.hz });
      voice.connect(gain).connect(context.destination);
      voice.start(begins);
      voice.stop(ends);
    }
  }
}
