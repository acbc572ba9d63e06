/** The page of drafts: keeps what is written, sends it once when there is a network, and tells what came of it. */

import { announce } from "../js/live.js";
import { drawDrafts } from "./draft_list.js";
import { proveDraft, sendDraft } from "./draft_sending.js";
import { allDrafts, draftOf, dropDraft, keepDraft } from "./drafts.js";
import { watchFiles } from "./files.js";
import { watchPlace } from "./place.js";
import { putFiles, takeShared } from "./shared.js";

const EMPTY = "Hãy cho biết chuyện gì đang xảy ra, và ở đâu.";
const KEPT = "Đã lưu trên máy này. Phản ánh được gửi khi có mạng và trang này đang mở.";
const FULL = "Máy này không còn chỗ để lưu. Quý vị bỏ bớt ảnh, video rồi lưu lại.";

const form = document.querySelector("form[data-draft]");
const list = document.querySelector("[data-draft-list]");
const section = document.querySelector("[data-drafts]");
/** Drafts that are on their way: a second press, or the network coming back, does not send them again. @type {Set<string>} */
const leaving = new Set();

if (form instanceof HTMLFormElement && list instanceof HTMLElement && section instanceof HTMLElement) {
  document.documentElement.classList.add("has-script");
  form.hidden = false;
  watchFiles(form);
  watchPlace(form, () => {});
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void keep(form);
  });
  window.addEventListener("online", () => void sendAll());
  void takeShared(form);
  void draw().then(sendAll);
}

/** @param {HTMLFormElement} written */
async function keep(written) {
  const draft = draftOf(written);
  const told = new Map(draft.fields);
  if (!told.get("content")?.trim() || !(told.get("place")?.trim() || told.get("latitude"))) return announce(EMPTY, "warn");
  try {
    await keepDraft(draft);
  } catch {
    return announce(FULL, "danger");
  }
  written.reset();
  written.querySelector("[data-previews]")?.replaceChildren();
  announce(KEPT, "ok");
  await draw();
  await sendAll();
}

async function sendAll() {
  if (!navigator.onLine) return;
  for (const draft of await allDrafts()) if (draft.state === "waiting") await send(draft);
}

/** @param {import("./drafts.js").Draft} draft */
async function send(draft) {
  await change(draft, () => sendDraft(draft, appKey()));
}

/**
 * @param {import("./drafts.js").Draft} draft
 * @param {() => Promise<import("./drafts.js").Draft>} act
 */
async function change(draft, act) {
  if (leaving.has(draft.id)) return;
  leaving.add(draft.id);
  try {
    const after = await act();
    await keepDraft(after);
    if (after.state === "sent") announce("Đã gửi. Quý vị hãy ghi lại mã phản ánh và mã PIN.", "ok");
    else if (after.message) announce(after.message, "warn");
  } finally {
    leaving.delete(draft.id);
  }
  await draw();
}

async function draw() {
  if (!(list instanceof HTMLElement) || !(section instanceof HTMLElement)) return;
  const drafts = await allDrafts();
  section.hidden = drafts.length === 0;
  drawDrafts(list, drafts, {
    send: (draft) => void send(draft),
    drop: (draft) => void dropDraft(draft.id).then(draw),
    edit: (draft) => void edit(draft),
    prove: (draft, answer) => void change(draft, () => proveDraft(draft, appKey(), answer)),
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
