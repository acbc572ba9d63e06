/**
 * A page of staff by keyboard. What has a `data-key` is pressed by it; j and k walk through a list; ? shows them all.
 * Single keys can be switched off (WCAG 2.1.4) and never work while somebody types or is on the telephone's page.
 */

import { openHelp } from "./keys_help.js";

const OFF = "langnghe-phim-tat";

/** @param {Document} page */
export function watchKeys(page) {
  const help = page.querySelector("[data-keys-help]");
  if (page.querySelector("[data-phone]")) return;
  if (help instanceof HTMLElement) {
    help.hidden = false;
    help.addEventListener("click", () => openHelp(page, isOn, turn));
  }
  page.addEventListener("keydown", (event) => {
    if (sends(event)) return;
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || isTyping(event.target)) return;
    if (event.key === "?") openHelp(page, isOn, turn);
    else if (!isOn() || page.querySelector("dialog[open]") || !press(page, event.key.toLowerCase())) return;
    event.preventDefault();
  });
}

function isOn() {
  return localStorage.getItem(OFF) !== "off";
}

/** @param {boolean} on */
function turn(on) {
  localStorage.setItem(OFF, on ? "on" : "off");
}

/**
 * Ctrl+Enter sends the form somebody writes in.
 * @param {KeyboardEvent} event
 */
function sends(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !(event.target instanceof HTMLTextAreaElement)) return false;
  event.target.form?.requestSubmit();
  return true;
}

/**
 * @param {Document} page
 * @param {string} key
 * @returns {boolean} whether it means anything here
 */
function press(page, key) {
  if (key === "j" || key === "k") return walk(page, key === "j" ? 1 : -1);
  const found = [...page.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((one) => one.checkVisibility());
  if (!(found instanceof HTMLElement)) return false;
  if (found.matches("input:not([type=checkbox]), select, textarea")) found.focus();
  else found.click();
  return true;
}

/**
 * @param {Document} page
 * @param {1 | -1} step
 */
function walk(page, step) {
  const lines = [...page.querySelectorAll("[data-lines] [data-open], main .table tbody tr td:first-child a")];
  const now = lines.findIndex((line) => line === page.activeElement);
  const next = lines[now < 0 ? (step > 0 ? 0 : lines.length - 1) : Math.max(0, Math.min(lines.length - 1, now + step))];
  if (!(next instanceof HTMLElement)) return false;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select"));
}
