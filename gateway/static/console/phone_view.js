/** What the page shows of a status. */

import { say } from "../js/words.js";

/** @typedef {import("./phone_line.js").Status} Status */

/** @type {Record<string, string | undefined>} */
export const STATES = {
  available: say("Sẵn sàng nhận cuộc gọi"),
  away: say("Đang tạm nghỉ"),
  reserved: say("Có cuộc gọi đến"),
  talking: say("Đang nói chuyện"),
  wrap_up: say("Hoàn tất sau cuộc gọi"),
};
/** @type {Record<string, string | undefined>} */
export const QUALITY = { good: say("Âm thanh tốt"), fair: say("Âm thanh chập chờn"), poor: say("Âm thanh kém: kiểm tra mạng") };
/** @type {Record<string, string | undefined>} */
const WHY = { no_answer: say("vì không nghe máy"), vanished: say("vì mất kết nối") };

/**
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} kind
 * @returns {T}
 */
export function find(root, selector, kind) {
  const found = root.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`no ${selector}`);
  return found;
}

/** @type {Record<string, string | undefined>} */
export const REFUSALS = {
  no_sound: say("Chưa có âm thanh. Vui lòng bấm “Bật micro và tai nghe” trước."),
  gone: say("Người gọi đã gác máy, hoặc đồng nghiệp đã nghe."),
  not_allowed: say("Chỉ người giám sát ca trực được làm việc này."),
  no_call: say("Không còn cuộc gọi nào."),
  no_colleague: say("Đồng nghiệp không còn trên máy."),
  colleague_busy: say("Đồng nghiệp vừa bận hoặc không còn trực. Vui lòng chọn người khác."),
  colleague_gone: say("Đồng nghiệp không nghe hoặc đã gác máy. Người gọi đang nghe nhạc chờ: bấm Giữ máy (H) để nói tiếp."),
  no_place: say("Nơi này không có trong danh bạ của tổng đài."),
  outside_gone: say("Nơi được hỏi không nghe máy hoặc đã gác máy. Người gọi đang nghe nhạc chờ: bấm Giữ máy (H) để nói tiếp."),
  outside_busy: say("Máy của nơi được hỏi đang bận. Người gọi đang nghe nhạc chờ: bấm Giữ máy (H) để nói tiếp."),
  not_free: say("Anh/chị đang có cuộc gọi, hoặc chưa bấm Xong sau cuộc gọi trước."),
  with_colleague: say("Đồng nghiệp đang gọi lại cuộc này."),
  busy: say("Máy của người phản ánh đang bận."),
  no_answer: say("Người phản ánh không nghe máy."),
  no_such_number: say("Số điện thoại này không có hoặc không liên lạc được."),
  rejected: say("Người phản ánh từ chối cuộc gọi."),
  rang_off: say("Người nghe đã gác máy khi nghe thông báo ghi âm."),
  no_line: say("Chưa gọi ra được: không có đường dây nào sẵn sàng. Vui lòng thử lại, hoặc báo người quản trị."),
  away: say("Tổng đài đang khởi động lại. Vui lòng thử lại sau vài giây."),
  offer: say("Trình duyệt này không nói chuyện được với tổng đài. Vui lòng dùng Chrome, Edge hoặc Firefox mới."),
  no_room: say("Tổng đài đã hết chỗ. Vui lòng báo người quản trị."),
};

/**
 * @param {HTMLElement} root
 * @param {Status} status
 */
export function show(root, status) {
  root.dataset.shown = status.state;
  find(root, "[data-dot]", HTMLElement).dataset.dot = status.sound ? status.state : "silent";
  find(root, "[data-state]", HTMLElement).textContent = [STATES[status.state] ?? status.state, WHY[status.why] ?? ""].join(" ").trim();
  find(root, "[data-sound]", HTMLElement).hidden = status.sound;
  find(root, '[data-do="available"]', HTMLElement).hidden = !status.sound || status.wanted === "available";
  find(root, '[data-do="away"]', HTMLElement).hidden = status.wanted !== "available";
  const quality = find(root, "[data-quality]", HTMLElement);
  quality.hidden = !status.sound || !status.quality;
  quality.dataset.quality = status.quality;
  quality.textContent = QUALITY[status.quality] ?? "";
  card(root, "[data-ringing]", status.ringing);
  card(root, "[data-talking]", status.call);
  const by = status.ringing?.asked_by;
  find(root, "[data-ringing-kind]", HTMLElement).textContent = by ? say("{} hỏi về cuộc gọi này", by) : say("Cuộc gọi đến");
  talk(root, status);
  find(root, "[data-wrap-up]", HTMLElement).hidden = status.state !== "wrap_up";
  const waiting = find(root, "[data-waiting]", HTMLElement);
  const who = whoWaits(status);
  waiting.textContent = who || say("Không có ai đang chờ trên đường dây.");
  waiting.classList.toggle("muted", !who);
  since(root, status);
}

/**
 * @param {HTMLElement} root
 * @param {Status} status
 */
function talk(root, status) {
  const call = status.call;
  const whom = call?.asked_by ? say("Đang nói với {}", call.asked_by) : say("Đang nói chuyện");
  const words = call?.dialling ? say("Đang gọi đi, chờ người nghe máy") : whom;
  find(root, "[data-talk]", HTMLElement).textContent = words;
  const hold = find(root, '[data-do="hold"]', HTMLElement);
  hold.hidden = Boolean(call?.dialling || call?.asked_by || status.asking);
  hold.setAttribute("aria-pressed", String(call?.held ?? false));
}

/** How many wait on the line; empty: nobody. During a call this is how the next one is seen. @param {Status} status */
export function whoWaits(status) {
  const count = Object.values(status.waiting).reduce((sum, one) => sum + one, 0);
  return count ? say("{} người đang chờ trên đường dây.", count) : "";
}

/**
 * The clocks, once a second.
 * @param {HTMLElement} root
 * @param {Status} status
 */
export function since(root, status) {
  find(root, "[data-since]", HTMLElement).textContent = say("từ {}", clock(status.since));
  find(root, "[data-clock]", HTMLElement).textContent = status.call ? clock(status.since) : "";
  find(root, "[data-waited]", HTMLElement).textContent = status.ringing ? say("Đã chờ {}", clock(status.ringing.since)) : "";
  find(root, "[data-left]", HTMLElement).textContent = status.until ? say("(còn {})", clock(status.until)) : "";
}

/**
 * @param {HTMLElement} root
 * @param {string} selector
 * @param {import("./phone_line.js").Card | null} card
 */
function card(root, selector, card) {
  const place = find(root, selector, HTMLElement);
  place.hidden = card === null;
  find(place, "[data-number]", HTMLElement).textContent = card ? card.remote || say("Số ẩn") : "";
}

/** Minutes and seconds between now and an instant, whichever comes first. @param {string} instant */
export function clock(instant) {
  const seconds = Math.max(0, Math.round(Math.abs(Date.now() - Date.parse(instant)) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
