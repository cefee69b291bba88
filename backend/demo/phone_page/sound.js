// Ringing: a two-tone call and vibration, until told to stop. Browsers allow sound only after the first touch.

/** @type {AudioContext | null} */
let audio = null;
/** @type {ReturnType<typeof setInterval> | null} */
let ringing = null;

/** Call from a touch, so that a later ring may sound. */
export function allowSound() {
  try {
    audio ??= new AudioContext();
    void audio.resume();
  } catch {
    // no sound on this machine: the screen still rings
  }
}

export function startRinging() {
  if (ringing !== null) return;
  once();
  ringing = setInterval(once, 1600);
}

export function stopRinging() {
  if (ringing === null) return;
  clearInterval(ringing);
  ringing = null;
  navigator.vibrate?.(0);
}

function once() {
  navigator.vibrate?.([500, 200, 500]);
  if (!audio || audio.state !== "running") return;
  const start = audio.currentTime;
  for (const [at, pitch] of [[0, 880], [0.22, 1174.7], [0.44, 880], [0.66, 1174.7]]) tone(audio, start + at, pitch);
}

/** @param {AudioContext} context @param {number} at @param {number} pitch */
function tone(context, at, pitch) {
  const source = context.createOscillator();
  const volume = context.createGain();
  source.type = "triangle";
  source.frequency.value = pitch;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.25, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.2);
  source.connect(volume).connect(context.destination);
  source.start(at);
  source.stop(at + 0.21);
}
