/** To whom a call may be given: colleagues, places outside, and whoever is being asked about it. */

import { say } from "../js/words.js";
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
    const name = asking.colleague || say("đồng nghiệp");
    find(root, "[data-asking-words]", HTMLElement).textContent = asking.answered
      ? say("Đang hỏi {}", name)
      : say("Đang gọi {}, người gọi nghe nhạc chờ", name);
    for (const side of ["colleague", "caller", "all"]) {
      const button = find(root, `[data-do="turn_${side}"]`, HTMLElement);
      button.hidden = !asking.answered;
      button.setAttribute("aria-pressed", String(asking.side === side));
    }
    const first = find(root, '[data-do="turn_colleague"]', HTMLElement);
    first.textContent = say(asking.outside ? "Nói với nơi được hỏi (1)" : "Nói với đồng nghiệp (1)");
    find(root, '[data-do="hand_over"]', HTMLElement).hidden = !asking.answered;
  }
  const may = status.call !== null && !status.call.dialling && !status.call.asked_by && !asking;
  find(root, '[data-do="transfer"]', HTMLElement).hidden = !may;
  if (!may) find(root, "[data-transfer]", HTMLElement).hidden = true;
  list(find(root, "[data-colleagues]", HTMLElement), status.colleagues, row, say("Không có đồng nghiệp nào đang trực."));
  find(root, "[data-outside-head]", HTMLElement).hidden = !status.outside.length;
  list(find(root, "[data-outside]", HTMLElement), status.outside, outsideRow, "");
}

/**
 * Drawn anew only where something is another: a button must not go away under the finger.
 * @template T
 * @param {HTMLElement} place
 * @param {T[]} all
 * @param {(one: T, number: number) => HTMLElement} row
 * @param {string} nobody
 */
function list(place, all, row, nobody) {
  const now = JSON.stringify(all);
  if (place.dataset.shown === now) return;
  place.dataset.shown = now;
  const lines = all.map(row);
  if (!lines.length && nobody) {
    const none = document.createElement("li");
    none.textContent = nobody;
    lines.push(none);
  }
  place.replaceChildren(...lines);
}

/**
 * @param {Colleague} colleague
 * @param {number} number
 */
function row(colleague, number) {
  const { agent, name, free } = colleague;
  const key = number < 9 ? String(number + 1) : "";
  const ways = free ? [button("consult", say("Hỏi trước"), agent, name, key), button("pass_on", say("Chuyển ngay"), agent, name, "")] : [];
  return line(free ? name : say("{} (đang bận)", name), ways);
}

/** @param {string} name */
function outsideRow(name) {
  return line(name, [button("consult_outside", say("Gọi hỏi"), name, name, "")]);
}

/**
 * @param {string} words
 * @param {HTMLButtonElement[]} ways
 */
function line(words, ways) {
  const made = document.createElement("li");
  made.className = "lines__row";
  const name = document.createElement("span");
  name.textContent = words;
  const choices = document.createElement("span");
  choices.className = "phone__choices";
  choices.append(...ways);
  made.append(name, choices);
  return made;
}

/**
 * @param {string} act
 * @param {string} label
 * @param {string} to
 * @param {string} name
 * @param {string} key
 */
function button(act, label, to, name, key) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button--secondary button--small";
  made.dataset.do = act;
  made.dataset.to = to;
  if (key) made.dataset.phoneKey = key;
  made.textContent = key ? `${label} (${key})` : label;
  made.setAttribute("aria-label", `${label}: ${name}`);
  return made;
}
