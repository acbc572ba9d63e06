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
  card(root, "[data-ringing]", status.ringing);
  card(root, "[data-talking]", status.call);
  const dialling = status.call?.dialling ?? false;
  find(root, "[data-talk]", HTMLElement).textContent = dialling ? "Đang gọi đi, chờ người nghe máy" : "Đang nói chuyện";
  find(root, '[data-do="hold"]', HTMLElement).hidden = dialling;
  find(root, '[data-do="pass_on"]', HTMLElement).hidden = dialling;
  find(root, "[data-wrap-up]", HTMLElement).hidden = status.state !== "wrap_up";
  find(root, '[data-do="hold"]', HTMLElement).setAttribute("aria-pressed", String(status.call?.held ?? false));
  const waiting = Object.values(status.waiting).reduce((sum, count) => sum + count, 0);
  find(root, "[data-waiting]", HTMLElement).textContent =
    waiting ? `${waiting} người đang chờ trên đường dây.` : "Không có ai đang chờ trên đường dây.";
  since(root, status);
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
