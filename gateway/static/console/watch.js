/**
 * Keeps a page of staff current: hears that something changed and has it asked for anew, says who else looks at it.
 * After a lost connection it asks anyway. A page that nobody uses for a while stops, or its session would never end.
 */

import { announce, csrfHeaders } from "../js/live.js";
import { say } from "../js/words.js";
import { openNews } from "./news.js";

export const CHANGED = "langnghe:changed";
const SELDOM_MS = 60_000;
const APART_MS = 1500;
const IDLE_MS = 20 * 60_000;
const WRITING_MS = 5_000;
const TOKEN = "X-CSRF-Token";

/** @param {Document} page */
export function watchPage(page) {
  const at = page.querySelector("[data-at]")?.getAttribute("data-at") ?? "";
  if (!at) return;
  /** @type {Map<string, string>} */
  const here = new Map();
  let typing = false;
  let told = 0;
  let used = Date.now();
  /** @type {number | undefined} */
  let later;
  const news = openNews(csrfHeaders()[TOKEN] ?? "", {
    open: (again) => {
      show(page, "");
      shows();
      if (again) changed();
    },
    look: changed,
    here: (ref, sentence) => {
      here.set(ref, sentence);
      paint(page, here);
    },
    away: () => show(page, say("Mất kết nối, đang thử lại…")),
    over: () => announce(say("Phiên đăng nhập đã kết thúc. Vui lòng đăng nhập lại."), "warn"),
  });

  function shows() {
    const lists = [...page.querySelectorAll("[data-lines] [data-ref]")].map((line) => line.getAttribute("data-ref"));
    news.say({ at, typing, lists: lists.filter((ref) => ref && !ref.startsWith("call:")).slice(0, 60) });
  }

  function changed() {
    const wait = told + APART_MS - Date.now();
    clearTimeout(later);
    later = setTimeout(() => {
      told = Date.now();
      page.body.dispatchEvent(new Event(CHANGED));
    }, Math.max(0, wait));
  }

  setInterval(() => {
    if (Date.now() - used < IDLE_MS) changed();
    else if (news.stop()) show(page, say("Tạm dừng cập nhật. Bấm vào trang để tiếp tục."));
  }, SELDOM_MS);
  for (const sign of ["pointerdown", "keydown", "focusin"]) {
    page.addEventListener(sign, () => {
      used = Date.now();
      news.start();
    });
  }
  watchWriting(page, (writes) => {
    typing = writes;
    shows();
  });
  watchSwaps(page, () => {
    paint(page, here);
    shows();
  });
}

/**
 * Tell when somebody begins to write in a field whose words go to a citizen, and when they left it.
 * @param {Document} page
 * @param {(writes: boolean) => void} tell
 */
function watchWriting(page, tell) {
  /** @type {number | undefined} */
  let pause;
  page.addEventListener("input", (event) => {
    if (!(event.target instanceof HTMLElement) || !event.target.matches("[data-writes] textarea")) return;
    if (pause === undefined) tell(true);
    clearTimeout(pause);
    pause = setTimeout(() => {
      pause = undefined;
      tell(false);
    }, WRITING_MS);
  });
}

/**
 * After a list was asked for anew: mark the lines that were not there before, and say how many.
 * @param {Document} page
 * @param {() => void} after
 */
function watchSwaps(page, after) {
  let before = refs(page);
  page.body.addEventListener("htmx:afterSettle", () => {
    const lines = [...page.querySelectorAll("[data-lines] [data-ref]")];
    const fresh = lines.filter((line) => !before.has(line.getAttribute("data-ref") ?? ""));
    for (const line of fresh) line.classList.add("is-new");
    if (fresh.length) announce(say("Có {} việc mới.", fresh.length), "info");
    before = new Set([...before, ...refs(page)]);
    after();
  });
}

/** @param {Document} page */
function refs(page) {
  return new Set([...page.querySelectorAll("[data-lines] [data-ref]")].map((line) => line.getAttribute("data-ref") ?? ""));
}

/**
 * @param {Document} page
 * @param {Map<string, string>} here
 */
function paint(page, here) {
  for (const place of page.querySelectorAll("[data-here]")) {
    const sentence = here.get(place.getAttribute("data-here") ?? "") ?? "";
    if (place.textContent !== sentence) place.textContent = sentence;
  }
}

/**
 * @param {Document} page
 * @param {string} sentence how things stand with the connection; empty: well
 */
function show(page, sentence) {
  const place = page.querySelector("[data-connection]");
  if (place) place.textContent = sentence;
}
