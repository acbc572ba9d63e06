/**
 * What is typed during a call is kept at every pause, so that neither a reload, a lost network nor the next call costs
 * anybody a word.
 */

import { say } from "../js/words.js";
import { find } from "./phone_view.js";

const PAUSE_MS = 500;
const EXCERPT = 60;
/** Forms with words in them that may not be kept yet. @type {WeakSet<HTMLFormElement>} */
const typedIn = new WeakSet();

/**
 * Drafts live as long as the window (session storage): they hold what people told in confidence. None of what belongs
 * elsewhere (VN-1, VN-2) is kept.
 * @param {HTMLElement} root
 */
export function keepDrafts(root) {
  /** @type {number | undefined} */
  let pause;
  root.addEventListener("input", (event) => {
    const form = event.target instanceof Element ? event.target.closest("form[data-draft]") : null;
    if (!(form instanceof HTMLFormElement) || form.closest("[data-elsewhere]")) return;
    typedIn.add(form);
    clearTimeout(pause);
    pause = window.setTimeout(() => keep(root, form), PAUSE_MS);
  });
  root.addEventListener("htmx:load", (event) => {
    const loaded = event.target instanceof Element ? event.target : root;
    const form = loaded.querySelector("form[data-draft]");
    if (form instanceof HTMLFormElement) {
      leaveAlone(root, form);
      if (loaded.matches("[data-elsewhere]")) forget(form);
      else if (!loaded.querySelector(".error-summary")) bring(root, form);
    }
    if (loaded.matches("[data-written]")) forget(loaded);
    offer(root);
  });
  find(root, "[data-drafts]", HTMLElement).addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.dataset.draftOpen) goOn(root, button.dataset.draftOpen);
    else if (button?.dataset.draftDrop && window.confirm(say("Bỏ phản ánh ghi dở này?"))) {
      sessionStorage.removeItem(name(root, button.dataset.draftDrop));
      offer(root);
    }
  });
  offer(root);

  /** @param {Element} of */
  function forget(of) {
    clearTimeout(pause);
    sessionStorage.removeItem(name(root, sheetOf(of)));
  }
}

/**
 * What is known of who calls; whatever is being written about the caller before stays below it, under the same fingers.
 * @param {HTMLElement} root
 * @param {string} page
 */
export function showCaller(root, page) {
  const place = find(root, "[data-caller]", HTMLElement);
  for (const card of [...place.children]) card.querySelector("form[data-draft]") ? setAside(card) : card.remove();
  const before = place.firstElementChild;
  place.insertAdjacentHTML("afterbegin", page);
  const card = place.firstElementChild;
  if (card && card !== before) htmx.process(card);
  offer(root);
}

/** Of a card nothing stays but the form. @param {Element} card */
function setAside(card) {
  const heading = card.querySelector("h2");
  for (const part of [...card.children]) if (part !== heading && !part.querySelector("form[data-draft]")) part.remove();
  card.setAttribute("data-aside", "");
  card.setAttribute("aria-labelledby", "ghi-do-dang");
  if (!heading) return;
  heading.id = "ghi-do-dang";
  heading.textContent = say("Đang ghi cho cuộc gọi trước");
}

/** One form at a time: the others are kept and offered. @param {HTMLElement} root @param {HTMLFormElement} form */
function leaveAlone(root, form) {
  for (const other of root.querySelectorAll("[data-writing]")) {
    if (other.contains(form)) continue;
    const left = other.querySelector("form[data-draft]");
    if (left instanceof HTMLFormElement && typedIn.has(left)) keep(root, left);
    (other.closest("[data-aside]") ?? other).remove();
  }
}

/** The drafts that no form shows, each to be gone on with. @param {HTMLElement} root */
function offer(root) {
  const place = find(root, "[data-drafts]", HTMLElement);
  const shown = new Set([...root.querySelectorAll("form[data-draft]")].map(sheetOf));
  const begun = name(root, "");
  const sheets = Object.keys(sessionStorage).filter((key) => key.startsWith(begun)).map((key) => key.slice(begun.length));
  const lines = sheets.filter((sheet) => !shown.has(sheet)).map((sheet) => line(sheet, new Map(typed(root, sheet))));
  find(place, "[data-draft-list]", HTMLElement).replaceChildren(...lines);
  place.hidden = !lines.length && !place.querySelector("[data-writing]");
}

/**
 * @param {string} sheet
 * @param {Map<string, string>} fields
 */
function line(sheet, fields) {
  const told = fields.get("content") || fields.get("place") || fields.get("phone") || say("Chưa có nội dung");
  const made = document.createElement("li");
  made.className = "lines__row";
  const words = document.createElement("span");
  words.textContent = told.length > EXCERPT ? `${told.slice(0, EXCERPT)}…` : told;
  const choices = document.createElement("span");
  choices.className = "phone__choices";
  choices.append(button(say("Ghi tiếp"), "draftOpen", sheet), button(say("Bỏ"), "draftDrop", sheet));
  made.append(words, choices);
  return made;
}

/**
 * @param {string} label
 * @param {"draftOpen" | "draftDrop"} does
 * @param {string} sheet
 */
function button(label, does, sheet) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button--secondary button--small";
  made.dataset[does] = sheet;
  made.textContent = label;
  return made;
}

/** @param {HTMLElement} root @param {string} sheet */
function goOn(root, sheet) {
  const values = { csrf: root.dataset.token ?? "", so: new Map(typed(root, sheet)).get("phone") ?? "", "cuoc-goi": sheet };
  const target = find(root, "[data-drafts] [data-sheet]", HTMLElement);
  void htmx.ajax("POST", "/console/nhap-phan-anh/moi", { target, values, select: "[data-writing]", swap: "innerHTML" });
}

/** @param {HTMLElement} root @param {HTMLFormElement} form */
function keep(root, form) {
  const fields = [...new FormData(form)].filter(([field, value]) => typeof value === "string" && field !== "csrf");
  sessionStorage.setItem(name(root, sheetOf(form)), JSON.stringify(fields));
}

/** @param {HTMLElement} root @param {HTMLFormElement} form */
function bring(root, form) {
  for (const [field, value] of typed(root, sheetOf(form))) {
    const input = form.elements.namedItem(field);
    if (input instanceof HTMLInputElement && input.type === "checkbox") input.checked = true;
    else if (input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement || input instanceof HTMLSelectElement)
      input.value = value;
  }
}

/**
 * @param {HTMLElement} root
 * @param {string} sheet
 * @returns {[string, string][]}
 */
function typed(root, sheet) {
  const kept = sessionStorage.getItem(name(root, sheet));
  return kept ? JSON.parse(kept) : [];
}

/** @param {Element} element */
function sheetOf(element) {
  return element.getAttribute("data-draft") ?? "";
}

/** An agent's own: another one may sign in in the same window. @param {HTMLElement} root @param {string} sheet */
function name(root, sheet) {
  return `draft:${root.dataset.agent ?? ""}:${sheet}`;
}
