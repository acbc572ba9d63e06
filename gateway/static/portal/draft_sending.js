/** Sends what waits on this device by the door of the apps: each draft under its own key, so that it is one report. */

import { say } from "../js/words.js";
import { allDrafts, changeDraft } from "./drafts.js";

/** @import { Draft } from "./drafts.js" */

const DOOR = "/api/v1/app";
const AWAY = "Chưa có mạng. Bản nháp vẫn được giữ trên máy này.";
const BUSY = "Chưa gửi được lúc này. Bản nháp vẫn được giữ, chúng tôi sẽ thử lại.";
/** Answers after which the same draft may be sent again. */
const LATER = new Set([401, 408, 409, 425, 429, 500, 502, 503, 504]);

/**
 * Try every draft that waits; what has become of each.
 * @param {string} appKey
 */
export async function sendWaiting(appKey) {
  const waiting = (await allDrafts()).filter((draft) => draft.state === "waiting");
  const tried = [];
  for (const { id } of waiting) {
    tried.push(await changeDraft(id, async (draft) => (draft.state === "waiting" ? sendDraft(draft, appKey) : draft)));
  }
  return tried.filter((draft) => draft !== null);
}

/**
 * Try once; what has become of the draft. Nothing is kept on the device of what was taken but code and PIN.
 * @param {Draft} draft
 * @param {string} appKey
 * @returns {Promise<Draft>}
 */
async function sendDraft(draft, appKey) {
  const headers = { "X-App-Key": appKey, "Idempotency-Key": draft.id };
  return follow(draft, () => fetch(`${DOOR}/reports`, { method: "POST", headers, body: partsOf(draft), credentials: "omit" }));
}

/**
 * A one-time password as it was typed; or `act`: "again", "call-back".
 * @param {Draft} draft
 * @param {string} appKey
 * @param {{ otp?: string, act?: string }} answer
 * @returns {Promise<Draft>}
 */
export async function proveDraft(draft, appKey, { otp = "", act = "" }) {
  const address = `${DOOR}/challenges/${draft.challenge}${act ? `/${act}` : ""}`;
  const headers = { "X-App-Key": appKey, "Content-Type": "application/json" };
  const body = act ? undefined : JSON.stringify({ otp });
  const after = await follow(draft, () => fetch(address, { method: "POST", headers, body, credentials: "omit" }));
  return after.state === "sent" ? after : { ...after, state: "proof" };
}

/**
 * @param {Draft} draft
 * @param {() => Promise<Response>} ask
 * @returns {Promise<Draft>}
 */
async function follow(draft, ask) {
  let answer;
  let told;
  try {
    answer = await ask();
    told = await answer.json();
  } catch {
    return { ...draft, message: say(answer ? BUSY : AWAY) };
  }
  if (answer.status === 201) {
    const { code, pin, emergency_line: line } = told;
    return { ...draft, state: "sent", fields: [], files: [], message: "", challenge: "", code, pin, line };
  }
  const message = typeof told.message === "string" ? told.message : say(BUSY);
  if (answer.status === 202) return { ...draft, state: "proof", challenge: told.challenge, message };
  if (LATER.has(answer.status)) return { ...draft, message };
  const emptied = told.code === "diverted" ? { fields: [], files: [] } : {};
  return { ...draft, ...emptied, state: "refused", message };
}

/**
 * The form as the door takes it: a box beside a field that somebody does not have names that field.
 * @param {Draft} draft
 */
function partsOf(draft) {
  const parts = new FormData();
  for (const [name, value] of draft.fields) {
    if (name.startsWith("no_")) parts.append("declared_none", name.slice(3));
    else if (name !== "latitude" && name !== "longitude") parts.append(name, value);
    else parts.append(name, value.replace(",", "."));
  }
  for (const file of draft.files) parts.append("media", file, file.name);
  return parts;
}
