/** To whom a call may be given: colleagues, and the one who is being asked about it. */

import { find } from "./phone_view.js";

/** @typedef {import("./phone_line.js").Status} Status */
/** @typedef {import("./phone_line.js").Colleague} Colleague */

/**
 * @param {HTMLElement} root
 * @param {Status} status
 */
export function showTransfer(root, status) {
  const asking = status.asking;
  find(root, "[data-asking]", HTMLElement).hidden = asking === null;
  if (asking) {
    const name = asking.colleague || "đồng nghiệp";
    find(root, "[data-asking-words]", HTMLElement).textContent = asking.answered
      ? `Đang hỏi ${name}`
      : `Đang gọi ${name}, người gọi nghe nhạc chờ`;
    for (const side of ["colleague", "caller", "all"]) {
      const button = find(root, `[data-do="turn_${side}"]`, HTMLElement);
      button.hidden = !asking.answered;
      button.setAttribute("aria-pressed", String(asking.side === side));
    }
    find(root, '[data-do="hand_over"]', HTMLElement).hidden = !asking.answered;
  }
  const may = status.call !== null && !status.call.dialling && !status.call.asked_by && !asking;
  find(root, '[data-do="transfer"]', HTMLElement).hidden = !may;
  if (!may) find(root, "[data-transfer]", HTMLElement).hidden = true;
  list(root, status.colleagues);
}

/**
 * Drawn anew only where something is another: a button must not go away under the finger.
 * @param {HTMLElement} root
 * @param {Colleague[]} colleagues
 */
function list(root, colleagues) {
  const place = find(root, "[data-colleagues]", HTMLElement);
  const now = JSON.stringify(colleagues);
  if (place.dataset.shown === now) return;
  place.dataset.shown = now;
  const lines = colleagues.map((colleague, number) => row(colleague, number));
  if (!lines.length) {
    const none = document.createElement("li");
    none.textContent = "Không có đồng nghiệp nào đang trực.";
    lines.push(none);
  }
  place.replaceChildren(...lines);
}

/**
 * @param {Colleague} colleague
 * @param {number} number
 */
function row(colleague, number) {
  const made = document.createElement("li");
  made.className = "lines__row";
  const name = document.createElement("span");
  name.textContent = colleague.free ? colleague.name : `${colleague.name} (đang bận)`;
  const choices = document.createElement("span");
  choices.className = "phone__choices";
  if (colleague.free) {
    const key = number < 9 ? String(number + 1) : "";
    choices.append(button("consult", "Hỏi trước", colleague, key), button("pass_on", "Chuyển ngay", colleague, ""));
  }
  made.append(name, choices);
  return made;
}

/**
 * @param {string} act
 * @param {string} label
 * @param {Colleague} colleague
 * @param {string} key
 */
function button(act, label, colleague, key) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button--secondary button--small";
  made.dataset.do = act;
  made.dataset.to = colleague.agent;
  if (key) made.dataset.phoneKey = key;
  made.textContent = key ? `${label} (${key})` : label;
  made.setAttribute("aria-label", `${label}: ${colleague.name}`);
  return made;
}
