/** Draws the reports that wait on this device, each with what its writer may do. */

import { say } from "../js/words.js";

/** @import { Draft } from "./drafts.js" */

/**
 * What a row may ask for.
 * @typedef {{
 *   send: () => void, drop: (draft: Draft) => void, edit: (draft: Draft) => void,
 *   prove: (draft: Draft, answer: { otp?: string, act?: string }) => void,
 * }} Acts
 */

/**
 * @param {HTMLElement} list
 * @param {Draft[]} drafts
 * @param {Acts} acts
 */
export function drawDrafts(list, drafts, acts) {
  list.replaceChildren(...drafts.map((draft) => row(draft, acts)));
}

/**
 * @param {Draft} draft
 * @param {Acts} acts
 */
function row(draft, acts) {
  const item = element("li", "card draft");
  item.dataset.state = draft.state;
  if (draft.state === "sent") item.append(...ticket(draft));
  else item.append(...waiting(draft));
  if (draft.state === "proof") item.append(proof(draft, acts));
  item.append(buttons(draft, acts));
  return item;
}

/** @param {Draft} draft */
function ticket(draft) {
  const title = element("h3", "", say("Đã gửi. Quý vị hãy ghi lại hai số này"));
  const code = element("p", "ticket__code", draft.code);
  const pin = element("p", "ticket__code", draft.pin);
  code.dataset.code = draft.code;
  pin.dataset.pin = draft.pin;
  const line = draft.line ? [element("p", "notice notice--danger", say("Nếu đang nguy hiểm, hãy gọi ngay {}.", draft.line))] : [];
  return [title, ...line, element("p", "muted", say("Mã phản ánh")), code, element("p", "muted", say("Mã PIN")), pin];
}

/** @param {Draft} draft */
function waiting(draft) {
  const words = draft.fields.find(([name]) => name === "content")?.[1].trim() ?? "";
  const title = element("h3", "", words ? (words.length > 90 ? `${words.slice(0, 90)}…` : words) : say("Phản ánh"));
  const count = draft.files.length ? say(" · {} tệp", draft.files.length) : "";
  const at = new Date(draft.at).toLocaleString(document.documentElement.lang === "en" ? "en-GB" : "vi-VN", { dateStyle: "short", timeStyle: "short" });
  const state = draft.state === "waiting" ? say("Chờ có mạng để gửi") : draft.state === "proof" ? say("Chờ mã xác nhận") : say("Cần xem lại");
  const rows = [title, element("p", "muted", say("{} · lưu lúc {}", state, at) + count)];
  return draft.message ? [...rows, element("p", "draft__message", draft.message)] : rows;
}

/**
 * @param {Draft} draft
 * @param {Acts} acts
 */
function proof(draft, acts) {
  const form = document.createElement("form");
  const label = element("label", "", say("Mã xác nhận gồm 6 chữ số"));
  const input = document.createElement("input");
  input.id = `otp-${draft.id}`;
  input.inputMode = "numeric";
  input.autocomplete = "one-time-code";
  input.maxLength = 10;
  label.setAttribute("for", input.id);
  const confirm = element("button", "button button--primary", say("Xác nhận"));
  confirm.setAttribute("type", "submit");
  form.append(label, input, confirm);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    acts.prove(draft, { otp: input.value });
  });
  return form;
}

/**
 * @param {Draft} draft
 * @param {Acts} acts
 */
function buttons(draft, acts) {
  const line = element("p", "button-row");
  /** @type {[string, () => void][]} */
  const offered = [];
  if (draft.state === "waiting") offered.push([say("Gửi ngay"), () => acts.send()]);
  if (draft.state === "refused" && draft.fields.length) offered.push([say("Sửa"), () => acts.edit(draft)]);
  if (draft.state === "proof") {
    offered.push([say("Gửi lại mã"), () => acts.prove(draft, { act: "again" })]);
    offered.push([say("Nhờ gọi lại"), () => acts.prove(draft, { act: "call-back" })]);
  }
  const done = draft.state === "sent" ? say("Tôi đã ghi lại, xóa khỏi máy") : say("Xóa bản nháp");
  offered.push([done, () => acts.drop(draft)]);
  line.append(...offered.map(([label, act]) => button(label, act)));
  return line;
}

/**
 * @param {string} label
 * @param {() => void} act
 */
function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button--secondary";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

/**
 * @param {string} name
 * @param {string} [className]
 * @param {string} [words]
 */
function element(name, className = "", words = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = words;
  return made;
}
