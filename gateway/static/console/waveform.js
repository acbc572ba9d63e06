/** Recordings of calls as a picture: the caller above, who answered below. Drawn when asked for; a click plays from there. */

import { say } from "../js/words.js";

const WIDTH = 600;
const HEIGHT = 80;
const COLOURS = ["#0b6b3a", "#1f4fa3"];

watch(document);
document.body.addEventListener("htmx:load", (event) => event.target instanceof Element && watch(event.target));

/** @param {ParentNode} part */
function watch(part) {
  for (const audio of part.querySelectorAll("audio[data-wave]")) if (audio instanceof HTMLAudioElement) offer(audio);
}

/** @param {HTMLAudioElement} audio */
function offer(audio) {
  audio.removeAttribute("data-wave");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button";
  button.textContent = say("Hiện sóng âm");
  button.addEventListener("click", () => void show(audio, button));
  audio.after(button);
}

/**
 * @param {HTMLAudioElement} audio
 * @param {HTMLButtonElement} button
 */
async function show(audio, button) {
  button.disabled = true;
  try {
    const answer = await fetch(audio.src);
    if (!answer.ok) throw new Error(String(answer.status));
    const context = new AudioContext();
    const sound = await context.decodeAudioData(await answer.arrayBuffer());
    void context.close();
    button.replaceWith(picture(audio, sound));
  } catch {
    button.textContent = say("Chưa vẽ được sóng âm");
  }
}

/**
 * @param {HTMLAudioElement} audio
 * @param {AudioBuffer} sound
 */
function picture(audio, sound) {
  const canvas = document.createElement("canvas");
  canvas.className = "wave";
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", say("Sóng âm: người gọi ở trên, người nghe máy ở dưới"));
  const pen = canvas.getContext("2d");
  if (pen) for (const channel of [0, 1]) if (channel < sound.numberOfChannels) draw(pen, sound, channel);
  canvas.addEventListener("click", (event) => {
    audio.currentTime = (event.offsetX / canvas.clientWidth) * sound.duration;
    void audio.play();
  });
  return canvas;
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {AudioBuffer} sound
 * @param {number} channel
 */
function draw(pen, sound, channel) {
  const half = HEIGHT / Math.max(1, Math.min(2, sound.numberOfChannels));
  pen.fillStyle = COLOURS[channel] ?? "";
  peaks(sound.getChannelData(channel), WIDTH).forEach((peak, x) => {
    const tall = Math.max(1, peak * half);
    pen.fillRect(x, half * channel + (half - tall) / 2, 1, tall);
  });
}

/**
 * The loudest sample of each piece, 0 to 1.
 * @param {Float32Array} samples
 * @param {number} pieces
 */
function peaks(samples, pieces) {
  const size = Math.max(1, Math.ceil(samples.length / pieces));
  return Array.from({ length: Math.ceil(samples.length / size) }, (_, piece) =>
    samples.subarray(piece * size, (piece + 1) * size).reduce((most, one) => Math.max(most, Math.abs(one)), 0),
  );
}
