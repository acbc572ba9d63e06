/** The agent's telephone: what the telephony process tells is shown, what the agent does is told. */

import { showBoard, watchBoard } from "./phone_board.js";
import { keepDrafts } from "./phone_drafts.js";
import { openLine } from "./phone_line.js";
import { micProblem, openSound } from "../js/call_sound.js";
import { find, show, since } from "./phone_view.js";

/** @typedef {import("./phone_line.js").Status} Status */

const root = document.querySelector("[data-phone]");
if (root instanceof HTMLElement) start(root);

/** @param {HTMLElement} root */
function start(root) {
  /** @type {Status | null} */
  let status = null;
  let shownCaller = "";
  let wasAway = false;
  const line = openLine(root.dataset.token ?? "", {
    status: (told) => {
      if (wasAway && !told.sound) sound.again();
      if (wasAway) problem("");
      wasAway = false;
      if (!status) watchBoard(root, line);
      status = told;
      show(root, told);
      ring(told);
      pop(told.ringing ?? told.call);
    },
    answer: (sdp) => void sound.take(sdp),
    refused: (command, why) => {
      wasAway ||= why === "away";
      problem(REFUSALS[why] ?? `Chưa thực hiện được (${command}). Vui lòng thử lại.`);
    },
    board: (told) => showBoard(root, told, line),
    away: () => {
      wasAway = true;
      problem("Tổng đài đang khởi động lại. Cuộc gọi đang nói không bị mất; trang này tự kết nối lại.");
    },
    elsewhere: () => problem("Điện thoại đã được mở ở cửa sổ khác. Tải lại trang này để dùng ở đây."),
  });
  const sound = openSound(find(root, "[data-audio]", HTMLAudioElement), (sdp) => line.send({ do: "offer", sdp }));

  find(root, "[data-sound]", HTMLButtonElement).addEventListener("click", () => {
    sound.open().then(() => problem(""), (/** @type {unknown} */ error) => problem(micProblem(error)));
  });
  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.dataset.do) act(button.dataset.do, button);
    if (button?.dataset.key) line.send({ do: "keys", keys: button.dataset.key });
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    if (event.key.toLowerCase() === "n") root.querySelector("[data-caller] form button")?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    const wanted = KEYS[event.key.toLowerCase()];
    const button = wanted ? root.querySelector(`[data-do="${wanted}"]`) : null;
    if (button instanceof HTMLButtonElement && button.checkVisibility()) act(wanted ?? "", button);
  });
  keepDrafts(root);
  window.addEventListener("beforeunload", (event) => {
    if (status?.call) event.preventDefault();
  });
  setInterval(() => status && since(root, status), 1000);

  /**
   * @param {string} wanted
   * @param {HTMLButtonElement} button
   */
  function act(wanted, button) {
    problem("");
    if (wanted === "mute") button.setAttribute("aria-pressed", String(sound.mute()));
    else if (wanted === "available" || wanted === "away") line.send({ do: "choose", state: wanted });
    else if (wanted === "hold") line.send({ do: "hold", on: !status?.call?.held });
    else if (wanted === "pass_on") line.send({ do: "pass_on", queue: status?.call?.queue ?? "" });
    else if (wanted === "take" || wanted === "decline") line.send({ do: wanted, call: status?.ringing?.call ?? "" });
    else line.send({ do: wanted });
  }

  /** @param {string} sentence */
  function problem(sentence) {
    const place = find(root, "[data-problem]", HTMLElement);
    place.textContent = sentence;
    place.hidden = sentence === "";
  }

  /** @param {Status} told */
  function ring(told) {
    document.title = told.ringing ? "☎ Cuộc gọi đến" : "Tổng đài";
    sound.ring(Boolean(told.ringing));
  }

  /** What is known of the number, once for each call. @param {import("./phone_line.js").Card | null} card */
  function pop(card) {
    if (!card || card.call === shownCaller) return;
    shownCaller = card.call;
    const body = new URLSearchParams({ csrf: root.dataset.token ?? "", so: card.remote, "cuoc-goi": card.about || card.call });
    fetch("/console/tong-dai/nguoi-goi", { method: "POST", body })
      .then((answer) => (answer.ok ? answer.text() : ""))
      .then((page) => {
        const place = find(root, "[data-caller]", HTMLElement);
        place.innerHTML = page;
        htmx.process(place);
      })
      .catch(() => undefined);
  }
}

/** @type {Record<string, string | undefined>} */
const KEYS = { a: "take", d: "decline", h: "hold", m: "mute", t: "pass_on", e: "hang_up", w: "wrapped_up" };

/** @type {Record<string, string | undefined>} */
const REFUSALS = {
  no_sound: "Chưa có âm thanh. Vui lòng bấm “Bật micro và tai nghe” trước.",
  gone: "Người gọi đã gác máy, hoặc đồng nghiệp đã nghe.",
  not_allowed: "Chỉ người giám sát ca trực được làm việc này.",
  no_call: "Không còn cuộc gọi nào.",
  not_free: "Anh/chị đang có cuộc gọi, hoặc chưa bấm Xong sau cuộc gọi trước.",
  busy: "Máy của người phản ánh đang bận.",
  no_answer: "Người phản ánh không nghe máy.",
  no_such_number: "Số điện thoại này không có hoặc không liên lạc được.",
  rejected: "Người phản ánh từ chối cuộc gọi.",
  rang_off: "Người nghe đã gác máy khi nghe thông báo ghi âm.",
  no_line: "Chưa gọi ra được: không có đường dây nào sẵn sàng. Vui lòng thử lại, hoặc báo người quản trị.",
  away: "Tổng đài đang khởi động lại. Vui lòng thử lại sau vài giây.",
  offer: "Trình duyệt này không nói chuyện được với tổng đài. Vui lòng dùng Chrome, Edge hoặc Firefox mới.",
  no_room: "Tổng đài đã hết chỗ. Vui lòng báo người quản trị.",
};

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
