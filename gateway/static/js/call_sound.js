/** Microphone and loudspeaker of a page: one connection to the telephony process. */

/**
 * @param {HTMLAudioElement} audio where the caller is heard
 * @param {(sdp: string) => void} offer tells our SDP; the answer comes to `take`
 * @param {() => void} [over] the other side has ended it; without it a broken connection is made anew
 */
export function openSound(audio, offer, over) {
  /** @type {RTCPeerConnection | null} */
  let peer = null;
  /** @type {MediaStream | null} */
  let microphone = null;
  /** @type {AudioContext | null} */
  let bell = null;
  /** Where it rings: an id of a loudspeaker, empty: the usual one. */
  let bellAt = "";
  /** The microphone that was chosen, empty: the usual one. */
  let device = "";
  /** @type {number | undefined} */
  let ringing;
  /** @type {Promise<void>} */
  let opening = Promise.resolve();

  return { open, again, answered, take, mute, ring, close, use, microphone: () => microphone, peer: () => peer, ringOn };

  /**
   * Ask for the microphone and offer; rejects where there is none or it is refused.
   *
   * One after the other: a connection that is closed while it makes its offer may never come back from that.
   */
  function open() {
    opening = opening.catch(() => undefined).then(begin);
    return opening;
  }

  async function begin() {
    microphone ??= await navigator.mediaDevices.getUserMedia({ audio: device ? { deviceId: { ideal: device } } : true });
    bell ??= new AudioContext();
    const fresh = new RTCPeerConnection(await relays(audio.dataset.relays));
    peer?.close();
    peer = fresh;
    for (const track of microphone.getTracks()) fresh.addTrack(track, microphone);
    fresh.addEventListener("track", (event) => (audio.srcObject = event.streams[0] ?? new MediaStream([event.track])));
    fresh.addEventListener("connectionstatechange", () => {
      if (fresh !== peer || !["failed", "closed", "disconnected"].includes(fresh.connectionState)) return;
      if (over) over();
      else if (fresh.connectionState === "failed") void open();
    });
    await fresh.setLocalDescription();
    offer(fresh.localDescription?.sdp ?? "");
  }

  /** Offer anew where the microphone is on: the offer before was lost on its way. */
  function again() {
    if (microphone) void open();
  }

  /** Whether our last offer was answered. */
  function answered() {
    return Boolean(peer?.remoteDescription);
  }

  /** @param {string} sdp */
  async function take(sdp) {
    await peer?.setRemoteDescription({ type: "answer", sdp });
  }

  /**
   * Another microphone from now on, in the middle of a call as well.
   * @param {string} id empty: the usual one
   */
  async function use(id) {
    device = id;
    if (!microphone) return;
    const fresh = await navigator.mediaDevices.getUserMedia({ audio: id ? { deviceId: { exact: id } } : true });
    const [before] = microphone.getAudioTracks();
    const [track] = fresh.getAudioTracks();
    if (!track) return;
    track.enabled = before?.enabled ?? true;
    await peer?.getSenders()[0]?.replaceTrack(track);
    before?.stop();
    microphone = fresh;
  }

  /**
   * Ring at another loudspeaker, where the browser can.
   * @param {string} id
   */
  function ringOn(id) {
    bellAt = id;
  }

  /** Let go of the microphone. */
  function close() {
    peer?.close();
    peer = null;
    for (const track of microphone?.getTracks() ?? []) track.stop();
    microphone = null;
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
    if ("setSinkId" in bell) void /** @type {any} */ (bell).setSinkId(bellAt).catch(() => undefined);
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

/**
 * The relays to send through where nothing else is let through; none where the page cannot know.
 * @param {string | undefined} place
 * @returns {Promise<RTCConfiguration>}
 */
async function relays(place) {
  if (!place) return { iceServers: [] };
  const told = await fetch(place).catch(() => null);
  return told?.ok ? told.json() : { iceServers: [] };
}

/** Why there is no sound, for the person before the page. @param {unknown} error */
export function micProblem(error) {
  if (error instanceof DOMException && error.name === "NotAllowedError")
    return "Trình duyệt chưa cho dùng micro. Bấm biểu tượng ổ khóa cạnh địa chỉ trang, chọn Cho phép micro, rồi thử lại.";
  if (error instanceof DOMException && error.name === "NotFoundError")
    return "Không tìm thấy micro. Hãy cắm tai nghe có micro rồi thử lại.";
  if (!navigator.mediaDevices) return "Trang này cần HTTPS để dùng micro. Vui lòng báo người quản trị.";
  return "Chưa mở được âm thanh. Vui lòng thử lại.";
}
