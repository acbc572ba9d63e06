/** Microphone and loudspeaker: one connection to the telephony process, made anew when it breaks. */

/**
 * @param {HTMLAudioElement} audio where the caller is heard
 * @param {(sdp: string) => void} offer tells our SDP; the answer comes to `take`
 */
export function openSound(audio, offer) {
  /** @type {RTCPeerConnection | null} */
  let peer = null;
  /** @type {MediaStream | null} */
  let microphone = null;
  /** @type {AudioContext | null} */
  let bell = null;
  /** @type {number | undefined} */
  let ringing;

  return { open, take, mute, ring };

  /** Ask for the microphone and offer; rejects where there is none or it is refused. */
  async function open() {
    microphone ??= await navigator.mediaDevices.getUserMedia({ audio: true });
    bell ??= new AudioContext();
    peer?.close();
    const fresh = new RTCPeerConnection({ iceServers: [] });
    peer = fresh;
    for (const track of microphone.getTracks()) fresh.addTrack(track, microphone);
    fresh.addEventListener("track", (event) => (audio.srcObject = event.streams[0] ?? new MediaStream([event.track])));
    fresh.addEventListener("connectionstatechange", () => {
      if (fresh === peer && fresh.connectionState === "failed") void open();
    });
    await fresh.setLocalDescription();
    offer(fresh.localDescription?.sdp ?? "");
  }

  /** @param {string} sdp */
  async function take(sdp) {
    await peer?.setRemoteDescription({ type: "answer", sdp });
  }

  /** @returns {boolean} whether the microphone is off now */
  function mute() {
    const [track] = microphone?.getAudioTracks() ?? [];
    if (!track) return false;
    track.enabled = !track.enabled;
    return !track.enabled;
  }

  /** A soft double tone each three seconds. @param {boolean} on */
  function ring(on) {
    clearInterval(ringing);
    ringing = undefined;
    if (!on) return;
    beep();
    ringing = window.setInterval(beep, 3000);
  }

  function beep() {
    if (!bell) return;
    for (const start of [0, 0.35]) {
      const tone = bell.createOscillator();
      const volume = bell.createGain();
      volume.gain.value = 0.1;
      tone.frequency.value = 660;
      tone.connect(volume).connect(bell.destination);
      tone.start(bell.currentTime + start);
      tone.stop(bell.currentTime + start + 0.25);
    }
  }
}
