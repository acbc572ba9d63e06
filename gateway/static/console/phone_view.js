/** What the page shows of a status. */

/** @typedef {import("./phone_line.js").Status} Status */

/** @type {Record<string, string | undefined>} */
export const STATES = {
  available: "Sẵn sàng nhận cuộc gọi",
  away: "Đang tạm nghỉ",
  reserved: "Có cuộc gọi đến",
  talking: "Đang nói chuyện",
  wrap_up: "Hoàn tất sau cuộc gọi",
};
/** @type {Record<string, string | undefined>} */
export const QUALITY = { good: "Âm thanh tốt", fair: "Âm thanh chập chờn", poor: "Âm thanh kém: kiểm tra mạng" };
/** @type {Record<string, string | undefined>} */
const WHY = { no_answer: " vì không nghe máy", vanished: " vì mất kết nối" };

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
  no_sound: "Chưa có âm thanh. Vui lòng bấm “Bật micro và tai nghe” trước.",
  gone: "Người gọi đã gác máy, hoặc đồng nghiệp đã nghe.",
  not_allowed: "Chỉ người giám sát ca trực được làm việc này.",
  no_call: "Không còn cuộc gọi nào.",
  no_colleague: "Đồng nghiệp không còn trên máy.",
  colleague_busy: "Đồng nghiệp vừa bận hoặc không còn trực. Vui lòng chọn người khác.",
  colleague_gone: "Đồng nghiệp không nghe hoặc đã gác máy. Người gọi đang nghe nhạc chờ: bấm Giữ máy (H) để nói tiếp.",
  no_place: "Nơi này không có trong danh bạ của tổng đài.",
  outside_gone: "Nơi được hỏi không nghe máy hoặc đã gác máy. Người gọi đang nghe nhạc chờ: bấm Giữ máy (H) để nói tiếp.",
  outside_busy: "Máy của nơi được hỏi đang bận. Người gọi đang nghe nhạc chờ: bấm Giữ máy (H) để nói tiếp.",
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

/**
 * @param {HTMLElement} root
 * @param {Status} status
 */
export function show(root, status) {
  root.dataset.shown = status.state;
  find(root, "[data-dot]", HTMLElement).dataset.dot = status.sound ? status.state : "silent";
  find(root, "[data-state]", HTMLElement).textContent = (STATES[status.state] ?? status.state) + (WHY[status.why] ?? "");
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
  find(root, "[data-ringing-kind]", HTMLElement).textContent = by ? `${by} hỏi về cuộc gọi này` : "Cuộc gọi đến";
  talk(root, status);
  find(root, "[data-wrap-up]", HTMLElement).hidden = status.state !== "wrap_up";
  const waiting = Object.values(status.waiting).reduce((sum, count) => sum + count, 0);
  find(root, "[data-waiting]", HTMLElement).textContent =
    waiting ? `${waiting} người đang chờ trên đường dây.` : "Không có ai đang chờ trên đường dây.";
  since(root, status);
}

/**
 * @param {HTMLElement} root
 * @param {Status} status
 */
function talk(root, status) {
  const call = status.call;
  const words = call?.dialling ? "Đang gọi đi, chờ người nghe máy" : call?.asked_by ? `Đang nói với ${call.asked_by}` : "Đang nói chuyện";
  find(root, "[data-talk]", HTMLElement).textContent = words;
  const hold = find(root, '[data-do="hold"]', HTMLElement);
  hold.hidden = Boolean(call?.dialling || call?.asked_by || status.asking);
  hold.setAttribute("aria-pressed", String(call?.held ?? false));
}

/**
 * The clocks, once a second.
 * @param {HTMLElement} root
 * @param {Status} status
 */
export function since(root, status) {
  find(root, "[data-since]", HTMLElement).textContent = `từ ${clock(status.since)}`;
  find(root, "[data-clock]", HTMLElement).textContent = status.call ? clock(status.since) : "";
  find(root, "[data-waited]", HTMLElement).textContent = status.ringing ? `Đã chờ ${clock(status.ringing.since)}` : "";
  find(root, "[data-left]", HTMLElement).textContent = status.until ? `(còn ${clock(status.until)})` : "";
}

/**
 * @param {HTMLElement} root
 * @param {string} selector
 * @param {import("./phone_line.js").Card | null} card
 */
function card(root, selector, card) {
  const place = find(root, selector, HTMLElement);
  place.hidden = card === null;
  find(place, "[data-number]", HTMLElement).textContent = card ? card.remote || "Số ẩn" : "";
}

/** Minutes and seconds between now and an instant, whichever comes first. @param {string} instant */
export function clock(instant) {
  const seconds = Math.max(0, Math.round(Math.abs(Date.now() - Date.parse(instant)) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
