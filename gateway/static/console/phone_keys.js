/** The telephone by keyboard: each visible button with a `data-phone-key` by that key; digits are keys of the line. */

import { say } from "../js/words.js";
import { openKeys } from "./keys_help.js";

/** @typedef {import("./phone_line.js").Status} Status */

/**
 * Never while somebody types. During a call 0-9, * and # go to the other side, unless a visible button has that key.
 * @param {HTMLElement} root
 * @param {() => Status | null} status
 * @param {(key: string) => void} digit
 */
export function watchKeys(root, status, digit) {
  find(root, "[data-help]").addEventListener("click", () => help(root));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    if (key === "?") help(root);
    else if (!press(root, key) && !choose(root, key)) {
      if (status()?.call && /^[0-9*#]$/.test(key)) digit(key);
      else return;
    }
    event.preventDefault();
  });
}

/**
 * @param {HTMLElement} root
 * @param {string} key
 */
function press(root, key) {
  const wanted = key === "n" ? "[data-write]" : key === "l" ? "[data-link]" : `[data-phone-key="${CSS.escape(key)}"]`;
  const button = [...root.querySelectorAll(wanted)].find((one) => one.checkVisibility());
  if (!(button instanceof HTMLElement)) return false;
  button.click();
  return true;
}

/**
 * The result of a call by its number.
 * @param {HTMLElement} root
 * @param {string} key
 */
function choose(root, key) {
  const boxes = [...root.querySelectorAll("[data-result] input")].filter((one) => one.checkVisibility());
  const box = /^[1-9]$/.test(key) ? boxes[Number(key) - 1] : undefined;
  if (!(box instanceof HTMLInputElement)) return false;
  box.checked = true;
  box.focus();
  return true;
}

/** @param {HTMLElement} root */
function help(root) {
  const rows = [...root.querySelectorAll("[data-phone-key]")].map((one) => [
    (one.getAttribute("data-phone-key") ?? "").toUpperCase(),
    (one.textContent ?? "").replace(/\s*\(.\)\s*$/, "").trim(),
  ]);
  openKeys(document, [
    ["?", say("Mở bảng phím tắt này")],
    ...rows,
    ["N", say("Ghi phản ánh của người gọi")],
    ["L", say("Gửi liên kết xin ảnh, vị trí")],
    ["0–9 * #", say("Bấm phím cho đầu dây bên kia (khi đang nói chuyện)")],
    ["1–9", say("Chọn kết quả cuộc gọi (khi hoàn tất)")],
  ]);
}

/**
 * @param {HTMLElement} root
 * @param {string} selector
 */
function find(root, selector) {
  const found = root.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`no ${selector}`);
  return found;
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select"));
}
