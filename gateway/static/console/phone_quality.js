/** How good the sound is, each two seconds: told to the server, which says how good that is. */

import { say } from "../js/words.js";
import { find } from "./phone_view.js";

/**
 * @typedef {{lost: number, rtt_ms: number, delay_ms: number, concealed: number}} Quality of the last ten seconds
 * @typedef {{received: number, lost: number, delay: number, emitted: number, concealed: number, samples: number, rtt: number}} Counters
 */

const EVERY_MS = 2000;
const WINDOW = 5; // looks: ten seconds

/**
 * @param {HTMLElement} root
 * @param {{peer: () => RTCPeerConnection | null}} sound
 * @param {(quality: Quality) => void} tell
 */
export function watchQuality(root, sound, tell) {
  const place = find(root, "[data-quality]", HTMLElement);
  /** @type {{peer: RTCPeerConnection | null, looks: Counters[]}} */
  let seen = { peer: null, looks: [] };
  setInterval(async () => {
    const peer = sound.peer();
    if (peer?.connectionState !== "connected") return;
    if (seen.peer !== peer) seen = { peer, looks: [] };
    seen.looks = [...seen.looks, await counters(peer)].slice(-WINDOW - 1);
    const [first, last] = [seen.looks[0], seen.looks.at(-1)];
    if (!first || !last || first === last || last.received === first.received) return;
    const quality = between(first, last);
    place.title = say("Mất {} %, vòng {} ms, trễ {} ms", (quality.lost * 100).toFixed(1), quality.rtt_ms, quality.delay_ms);
    tell(quality);
  }, EVERY_MS);
}

/**
 * @param {Counters} first
 * @param {Counters} last
 * @returns {Quality}
 */
export function between(first, last) {
  const lost = Math.max(0, last.lost - first.lost);
  const all = last.received - first.received + lost;
  const emitted = last.emitted - first.emitted;
  const samples = last.samples - first.samples;
  return {
    lost: round(all ? lost / all : 0),
    rtt_ms: Math.round(last.rtt * 1000),
    delay_ms: Math.round(emitted ? ((last.delay - first.delay) / emitted) * 1000 : 0),
    concealed: round(samples ? Math.max(0, last.concealed - first.concealed) / samples : 0),
  };
}

/** @param {number} part */
function round(part) {
  return Math.round(Math.min(1, part) * 10000) / 10000;
}

/**
 * @param {RTCPeerConnection} peer
 * @returns {Promise<Counters>}
 */
async function counters(peer) {
  const counted = { received: 0, lost: 0, delay: 0, emitted: 0, concealed: 0, samples: 0, rtt: 0 };
  for (const one of (await peer.getStats()).values()) {
    if (one.type === "inbound-rtp" && one.kind === "audio") {
      counted.received = one.packetsReceived ?? 0;
      counted.lost = one.packetsLost ?? 0;
      counted.delay = one.jitterBufferDelay ?? 0;
      counted.emitted = one.jitterBufferEmittedCount ?? 0;
      counted.concealed = (one.concealedSamples ?? 0) - (one.silentConcealedSamples ?? 0);
      counted.samples = one.totalSamplesReceived ?? 0;
    } else if (one.type === "remote-inbound-rtp") counted.rtt = one.roundTripTime ?? 0;
  }
  return counted;
}
