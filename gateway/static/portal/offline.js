/** The page of drafts: keeps what is written, sends it once when there is a network, and tells what came of it. */

import { announce } from "../js/live.js";
import { say } from "../js/words.js";
import { drawDrafts } from "./draft_list.js";
import { proveDraft, sendWaiting } from "./draft_sending.js";
import { allDrafts, changeDraft, draftOf, dropDraft, keepDraft } from "./drafts.js";
import { watchFiles } from "./files.js";
import { askForSync, keepOffline } from "./install.js";
import { takePlace, watchPlace } from "./place.js";
import { putFiles, takeShared } from "./shared.js";

const EMPTY = "Hãy cho biết chuyện gì đang xảy ra, và ở đâu.";
const KEPT = "Đã lưu trên máy này. Phản ánh được gửi khi có mạng trở lại; nếu không, Quý vị mở lại trang này khi có mạng.";
const FULL = "Máy này không còn chỗ để lưu. Quý vị bỏ bớt ảnh, video rồi lưu lại.";

const form = document.querySelector("form[data-draft]");
const list = document.querySelector("[data-draft-list]");
const section = document.querySelector("[data-drafts]");

if (form instanceof HTMLFormElement && list instanceof HTMLElement && section instanceof HTMLElement) {
  document.documentElement.classList.add("has-script");
  form.hidden = false;
  watchFiles(form, (place) => takePlace(form, place));
  watchPlace(form, () => {});
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void keep(form);
  });
  window.addEventListener("online", () => void sendAll());
  void takeShared(form);
  void keepOffline().catch(() => {});
  void draw().then(() => (navigator.onLine ? sendAll() : undefined));
}

/** @param {HTMLFormElement} written */
async function keep(written) {
  const draft = draftOf(written);
  const told = new Map(draft.fields);
  if (!told.get("content")?.trim() || !(told.get("place")?.trim() || told.get("latitude"))) return announce(say(EMPTY), "warn");
  try {
    await keepDraft(draft);
  } catch {
    return announce(say(FULL), "danger");
  }
  written.reset();
  written.querySelector("[data-previews]")?.replaceChildren();
  announce(say(KEPT), "ok");
  await draw();
  if (navigator.onLine) await sendAll();
  else await askForSync();
}

async function sendAll() {
  tell(await sendWaiting(appKey()));
  await draw();
}

/**
 * @param {import("./drafts.js").Draft} draft
 * @param {{ otp?: string, act?: string }} answer
 */
async function prove(draft, answer) {
  const after = await changeDraft(draft.id, (standing) => proveDraft(standing, appKey(), answer));
  tell(after ? [after] : []);
  await draw();
}

/** @param {import("./drafts.js").Draft[]} changed */
function tell(changed) {
  const last = changed.at(-1);
  if (last?.state === "sent") announce(say("Đã gửi. Quý vị hãy ghi lại mã phản ánh và mã PIN."), "ok");
  else if (last?.message) announce(last.message, "warn");
}

async function draw() {
  if (!(list instanceof HTMLElement) || !(section instanceof HTMLElement)) return;
  const drafts = await allDrafts();
  section.hidden = drafts.length === 0;
  drawDrafts(list, drafts, {
    send: () => void sendAll(),
    drop: (draft) => void dropDraft(draft.id).then(draw),
    edit: (draft) => void edit(draft),
    prove: (draft, answer) => void prove(draft, answer),
  });
}

/**
 * Back into the form, as a draft with a key of its own.
 * @param {import("./drafts.js").Draft} draft
 */
async function edit(draft) {
  if (!(form instanceof HTMLFormElement)) return;
  for (const [name, value] of draft.fields) {
    const input = form.elements.namedItem(name);
    if (input instanceof HTMLInputElement && input.type === "checkbox") input.checked = true;
    else if (input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement || input instanceof HTMLSelectElement) input.value = value;
  }
  putFiles(form, draft.files);
  await dropDraft(draft.id);
  await draw();
  form.querySelector("textarea")?.focus();
}

function appKey() {
  return form instanceof HTMLFormElement ? (form.dataset.appKey ?? "") : "";
}
