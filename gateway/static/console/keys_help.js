/** The list of keys of a page, made from what is on it, and the switch that turns single keys off. */

import { say } from "../js/words.js";

const ALWAYS = [
  ["?", say("Mở bảng phím tắt này")],
  ["J / K", say("Việc kế tiếp / việc trước trong danh sách; Enter để mở")],
  ["Ctrl + Enter", say("Gửi nội dung đang soạn")],
  ["Esc", say("Đóng bảng đang mở")],
];

/**
 * @param {Document} page
 * @param {() => boolean} isOn
 * @param {(on: boolean) => void} turn
 */
export function openHelp(page, isOn, turn) {
  const dialog = openKeys(page, [...ALWAYS, ...ofPage(page)]);
  const label = page.createElement("label");
  const box = page.createElement("input");
  box.type = "checkbox";
  box.checked = isOn();
  box.addEventListener("change", () => turn(box.checked));
  label.append(box, ` ${say("Dùng phím tắt một chữ trên máy này")}`);
  dialog.querySelector("button")?.before(label);
}

/**
 * A dialog with keys and what they do.
 * @param {Document} page
 * @param {(string | undefined)[][]} rows
 */
export function openKeys(page, rows) {
  page.querySelector("dialog.keys")?.remove();
  const dialog = page.createElement("dialog");
  dialog.className = "keys card";
  dialog.setAttribute("aria-labelledby", "phim-tat");
  const title = add(dialog, "h2", say("Phím tắt"));
  title.id = "phim-tat";
  const list = add(dialog, "dl", "");
  for (const [key, what] of rows) {
    const row = add(list, "div", "");
    add(add(row, "dt", ""), "kbd", key ?? "");
    add(row, "dd", what ?? "");
  }
  const close = add(dialog, "button", say("Đóng"));
  close.className = "button button--secondary";
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  page.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** @param {Document} page */
function ofPage(page) {
  const keyed = [...page.querySelectorAll("[data-key]")].filter((one) => one.checkVisibility());
  return keyed.map((one) => [(one.getAttribute("data-key") ?? "").toUpperCase(), nameOf(one)]);
}

/** @param {Element} one */
function nameOf(one) {
  return (one.getAttribute("data-key-name") ?? one.textContent ?? "").replace(/\s+/g, " ").trim();
}

/**
 * @param {HTMLElement} parent
 * @param {string} name
 * @param {string} words
 */
function add(parent, name, words) {
  const made = parent.ownerDocument.createElement(name);
  made.textContent = words;
  parent.append(made);
  return made;
}
