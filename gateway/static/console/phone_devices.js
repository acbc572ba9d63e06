/** Which microphone and loudspeakers are used, and whether they are heard: chosen once, kept on this machine. */

import { say } from "../js/words.js";
import { find } from "./phone_view.js";

/**
 * @typedef {{use: (id: string) => Promise<void>, ringOn: (id: string) => void, microphone: () => MediaStream | null}} Sound
 */

const KEPT = "langnghe-thiet-bi:";
const SILENCE = 0.01;
const LOOK_MS = 100;

/**
 * @param {HTMLElement} root
 * @param {HTMLAudioElement} audio
 * @param {Sound} sound
 * @returns {{list: () => Promise<void>}} to be called when the microphone is allowed: names are told only then
 */
export function watchDevices(root, audio, sound) {
  /** @type {Record<string, (id: string) => void>} */
  const uses = {
    input: (id) => void sound.use(id).catch(() => undefined),
    output: (id) => void ("setSinkId" in audio && audio.setSinkId(id).catch(() => undefined)),
    bell: (id) => sound.ringOn(id),
  };
  for (const [name, use] of Object.entries(uses)) {
    const choice = find(root, `[data-${name}]`, HTMLSelectElement);
    use(kept(name));
    choice.addEventListener("change", () => {
      localStorage.setItem(KEPT + name, choice.value);
      use(choice.value);
    });
  }
  navigator.mediaDevices?.addEventListener("devicechange", () => void list());
  watchLevels(root, audio, sound);
  return { list };

  async function list() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const speakers = devices.filter((device) => device.kind === "audiooutput");
    fill("input", devices.filter((device) => device.kind === "audioinput"));
    fill("output", speakers);
    fill("bell", speakers);
  }

  /**
   * @param {string} name
   * @param {MediaDeviceInfo[]} devices
   */
  function fill(name, devices) {
    const choice = find(root, `[data-${name}]`, HTMLSelectElement);
    const usual = new Option(say("Mặc định của máy"), "");
    const others = devices.filter((device) => device.deviceId && device.deviceId !== "default");
    choice.replaceChildren(usual, ...others.map((device) => new Option(device.label, device.deviceId)));
    choice.value = kept(name);
    if (choice.selectedIndex < 0) choice.value = "";
  }
}

/** @param {string} name */
function kept(name) {
  return localStorage.getItem(KEPT + name) ?? "";
}

/**
 * Two meters, drawn only while they are to be seen.
 * @param {HTMLElement} root
 * @param {HTMLAudioElement} audio
 * @param {Sound} sound
 */
function watchLevels(root, audio, sound) {
  const meters = { mine: ear(), theirs: ear() };
  const words = find(root, "[data-level-words]", HTMLElement);
  setInterval(() => {
    if (!find(root, "[data-devices]", HTMLDetailsElement).open) return;
    const mine = meters.mine(sound.microphone());
    const theirs = meters.theirs(audio.srcObject instanceof MediaStream ? audio.srcObject : null);
    find(root, '[data-level="mine"]', HTMLMeterElement).value = mine;
    find(root, '[data-level="theirs"]', HTMLMeterElement).value = theirs;
    if (mine > SILENCE) words.textContent = say("Micro thu được tiếng.");
  }, LOOK_MS);
}

/** @returns {(stream: MediaStream | null) => number} how loud a stream is, 0 to 1 */
function ear() {
  /** @type {{stream: MediaStream, analyser: AnalyserNode, context: AudioContext} | null} */
  let heard = null;
  return (stream) => {
    if (heard && heard.stream !== stream) {
      void heard.context.close();
      heard = null;
    }
    if (!stream) return 0;
    heard ??= listen(stream);
    const wave = new Float32Array(heard.analyser.fftSize);
    heard.analyser.getFloatTimeDomainData(wave);
    return Math.min(1, Math.sqrt(wave.reduce((sum, one) => sum + one * one, 0) / wave.length) * 2);
  };
}

/** @param {MediaStream} stream */
function listen(stream) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(stream).connect(analyser);
  return { stream, analyser, context };
}
