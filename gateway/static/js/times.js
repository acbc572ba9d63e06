import { say } from "./words.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Keep "còn 25 phút" and "5 phút trước" true while a page stays open.
 * @param {Document} page
 */
export function watchTimes(page) {
  setInterval(() => refresh(page, Date.now()), MINUTE);
}

/**
 * @param {Document} page
 * @param {number} now milliseconds since 1970
 */
export function refresh(page, now) {
  for (const element of page.querySelectorAll("time[data-due], time[data-since]")) {
    if (!(element instanceof HTMLTimeElement)) continue;
    const moment = Date.parse(element.dateTime);
    if ("due" in element.dataset) showDue(element, moment - now);
    else element.textContent = ago(now - moment);
  }
}

/**
 * @param {HTMLTimeElement} element
 * @param {number} left milliseconds until it is due; negative: late
 */
function showDue(element, left) {
  element.textContent = dueText(left);
  element.classList.toggle("due--overdue", left <= 0);
  element.classList.toggle("due--soon", left > 0 && left <= HOUR);
  element.classList.toggle("due--ok", left > HOUR);
}

/**
 * The same words as gateway/pages/formats.py.
 * @param {number} left milliseconds
 */
export function dueText(left) {
  if (left > 0) return say("còn {}", span(left));
  return -left >= MINUTE ? say("quá hạn {}", span(-left)) : say("đến hạn");
}

/** @param {number} length milliseconds, positive */
export function span(length) {
  const days = Math.floor(length / DAY);
  const hours = Math.floor((length % DAY) / HOUR);
  const minutes = Math.floor((length % HOUR) / MINUTE);
  if (days) return say("{} ngày", days) + (hours && days < 3 ? say(" {} giờ", hours) : "");
  if (hours) return say("{} giờ", hours) + (minutes && hours < 6 ? say(" {} phút", minutes) : "");
  return minutes ? say("{} phút", minutes) : say("dưới 1 phút");
}

/** @param {number} passed milliseconds */
export function ago(passed) {
  if (passed < MINUTE) return say("vừa xong");
  if (passed >= DAY) return say("{} ngày trước", Math.floor(passed / DAY));
  if (passed >= HOUR) return say("{} giờ trước", Math.floor(passed / HOUR));
  return say("{} phút trước", Math.floor(passed / MINUTE));
}
