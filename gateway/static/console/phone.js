/** The agent's telephone: what the telephony process tells is shown, what the agent does is told. */

import { showBoard, watchBoard } from "./phone_board.js";
import { speakToPages } from "./phone_channel.js";
import { watchDevices } from "./phone_devices.js";
import { keepDrafts, showCaller } from "./phone_drafts.js";
import { watchKeys } from "./phone_keys.js";
import { openLine } from "./phone_line.js";
import { watchQuality } from "./phone_quality.js";
import { askNotice, notice } from "./phone_notice.js";
import { showTransfer } from "./phone_transfer.js";
import { chosenResult, sendResult } from "./phone_wrap_up.js";
import { micProblem, openSound } from "../js/call_sound.js";
import { say } from "../js/words.js";
import { REFUSALS, find, show, since } from "./phone_view.js";

/** @typedef {import("./phone_line.js").Status} Status */
/** @typedef {import("./phone_line.js").Card} Card */

const SOUND_ON = "langnghe-am-thanh";
const AWAY = say("Tổng đài đang khởi động lại. Cuộc gọi đang nói không bị mất; trang này tự kết nối lại.");
const root = document.querySelector("[data-phone]");
if (root instanceof HTMLElement) start(root);

/** @param {HTMLElement} root */
function start(root) {
  /** @type {Status | null} */
  let status = null;
  let shownCaller = "";
  let wasAway = false;
  const problems = { line: "", sound: "", deed: "" };
  const token = root.dataset.token ?? "";
  const line = openLine(token, {
    status: hear,
    answer: (sdp) => void sound.take(sdp),
    refused: (command, why) => {
      wasAway ||= why === "away";
      problem(REFUSALS[why] ?? say("Chưa thực hiện được ({}). Vui lòng thử lại.", command), why === "away" ? "line" : "deed");
    },
    board: (told) => showBoard(root, told, line),
    away: () => {
      wasAway = true;
      problem(AWAY, "line");
    },
    elsewhere: () => problem(say("Điện thoại đã được mở ở cửa sổ khác. Tải lại trang này để dùng ở đây."), "line"),
    ended: () => location.assign("/console/dang-nhap"),
  });
  const audio = find(root, "[data-audio]", HTMLAudioElement);
  const sound = openSound(audio, (sdp) => line.send({ do: "offer", sdp }));
  const devices = watchDevices(root, audio, sound);
  watchQuality(root, sound, (told) => line.send({ do: "quality", ...told }));
  const pages = speakToPages((wanted) => press(wanted));

  find(root, "[data-sound]", HTMLButtonElement).addEventListener("click", () => {
    askNotice();
    turnOn();
  });
  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.dataset.do) act(button.dataset.do, button);
    if (button?.dataset.digit) line.send({ do: "keys", keys: button.dataset.digit });
  });
  watchKeys(root, () => status, (key) => line.send({ do: "keys", keys: key }));
  keepDrafts(root);
  openAsWindow(root);
  window.addEventListener("beforeunload", (event) => {
    if (status?.call) event.preventDefault();
  });
  setInterval(() => status && since(root, status), 1000);
  void allowed().then((may) => may && sessionStorage.getItem(SOUND_ON) && turnOn());

  function turnOn() {
    const begun = sound.open().then(() => {
      sessionStorage.setItem(SOUND_ON, "1");
      problem("", "sound");
      return devices.list();
    });
    begun.catch((/** @type {unknown} */ error) => problem(micProblem(error), "sound"));
  }

  /** @param {Status} told */
  function hear(told) {
    // The sound that is known there may be that of this page before it was loaded again.
    if (wasAway && !(told.sound && sound.answered())) sound.again();
    if (wasAway) problem("", "line");
    wasAway = false;
    if (!status) watchBoard(root, line);
    if (told.state === "wrap_up" && status?.state !== "wrap_up") find(root, "[data-result]", HTMLFormElement).reset();
    if (status?.wrapping && told.state !== "wrap_up") keepResult(status.wrapping);
    status = told;
    show(root, told);
    showTransfer(root, told);
    ring(told);
    pop(told.ringing ?? told.call ?? told.wrapping);
    pages.tell(told);
  }

  /** As if the button were pressed, where it is to be seen. @param {string} wanted */
  function press(wanted) {
    const button = root.querySelector(`[data-do="${CSS.escape(wanted)}"]`);
    if (button instanceof HTMLButtonElement && button.checkVisibility()) act(wanted, button);
  }

  /**
   * @param {string} wanted
   * @param {HTMLButtonElement} button
   */
  function act(wanted, button) {
    problem("");
    const call = status?.call?.call ?? "";
    if (wanted === "mute") button.setAttribute("aria-pressed", String(sound.mute()));
    else if (wanted === "available" || wanted === "away") line.send({ do: "choose", state: wanted });
    else if (wanted === "hold") line.send({ do: "hold", on: !status?.call?.held });
    else if (wanted === "transfer") toggleTransfer(button);
    else if (wanted === "pass_on") line.send({ do: "pass_on", queue: status?.call?.queue ?? "", to: button.dataset.to ?? "" });
    else if (wanted === "consult") line.send({ do: "consult", colleague: button.dataset.to ?? "" });
    else if (wanted === "consult_outside") line.send({ do: wanted, place: button.dataset.to ?? "" });
    else if (wanted.startsWith("turn_")) line.send({ do: "turn", side: wanted.slice(5) });
    else if (wanted === "take" || wanted === "decline") line.send({ do: wanted, call: status?.ringing?.call ?? "" });
    else if (wanted === "wrapped_up") wrapUp();
    else if (wanted !== "hang_up" || call || status?.ringing) line.send({ do: wanted });
  }

  /** The result first: what is not chosen cannot be counted. */
  function wrapUp() {
    const code = chosenResult(root);
    if (!code) return problem(say("Vui lòng chọn kết quả cuộc gọi trước khi bấm Xong."));
    const card = status?.wrapping;
    if (!card) return line.send({ do: "wrapped_up" });
    sendResult(token, card, code).then(
      () => {
        find(root, "[data-result]", HTMLFormElement).reset();
        line.send({ do: "wrapped_up" });
      },
      () => problem(say("Chưa lưu được kết quả cuộc gọi. Vui lòng bấm Xong lần nữa.")),
    );
  }

  /** The time was up before Xong: what was chosen counts all the same. @param {Card} card */
  function keepResult(card) {
    const code = chosenResult(root);
    if (code) sendResult(token, card, code).catch(() => problem(say("Chưa lưu được kết quả cuộc gọi trước.")));
  }

  /** @param {HTMLButtonElement} button */
  function toggleTransfer(button) {
    const panel = find(root, "[data-transfer]", HTMLElement);
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", String(!panel.hidden));
  }

  /**
   * One sentence of each kind, so that a line that comes back hides no refused microphone, nor the other way round.
   * @param {string} sentence empty: that is over
   * @param {"line" | "sound" | "deed"} of
   */
  function problem(sentence, of = "deed") {
    problems[of] = sentence;
    const place = find(root, "[data-problem]", HTMLElement);
    place.textContent = [problems.sound, problems.line, problems.deed].filter(Boolean).join(" ");
    place.hidden = place.textContent === "";
  }

  /** @param {Status} told */
  function ring(told) {
    document.title = told.ringing ? `☎ ${say("Cuộc gọi đến")}` : say("Tổng đài");
    sound.ring(Boolean(told.ringing));
    notice(told.ringing);
  }

  /** What is known of the number, once for each call. @param {Card | null} card */
  function pop(card) {
    if (!card || (card.about || card.call) === shownCaller) return;
    shownCaller = card.about || card.call;
    const body = new URLSearchParams({ csrf: token, so: card.remote, "cuoc-goi": shownCaller });
    fetch("/console/tong-dai/nguoi-goi", { method: "POST", body })
      .then((answer) => (answer.ok ? answer.text() : ""))
      .then((page) => showCaller(root, page))
      .catch(() => undefined);
  }
}

/** Whether the browser gives the microphone without asking: then a page that is loaded again needs no click. */
async function allowed() {
  try {
    const name = /** @type {PermissionName} */ ("microphone");
    return (await navigator.permissions.query({ name })).state === "granted";
  } catch {
    return false;
  }
}

/**
 * A window of its own, so that going to another page does not end the sound.
 * @param {HTMLElement} root
 */
function openAsWindow(root) {
  const button = find(root, "[data-window]", HTMLButtonElement);
  button.hidden = window.name === "langnghe-tong-dai";
  button.addEventListener("click", () => {
    if (window.open(location.href, "langnghe-tong-dai", "popup,width=560,height=860")) location.assign("/console");
  });
}
