/** Makes the pages ready for the moment without a network: the worker beside them, and the page of drafts kept. */

import { allDrafts, draftOf, keepDraft } from "./drafts.js";

const CACHE = "phan-anh";
const PAGE = "/phan-anh/ban-nhap";

/** Keep the page of drafts with everything that it loads; once for each version of ours and each language. */
export async function keepOffline() {
  if (!("serviceWorker" in navigator) || !("caches" in window)) return;
  await navigator.serviceWorker.register("/sw.js", { type: "module" });
  const cache = await caches.open(CACHE);
  const standing = await cache.match(PAGE);
  const { lang } = document.documentElement;
  const kept = (await standing?.text()) ?? "";
  if (kept.includes(versionOf(document)) && kept.includes(`<html lang="${lang}">`)) return;
  const answer = await fetch(`${PAGE}?lang=${lang}`, { credentials: "omit" });
  if (!answer.ok) return;
  const parsed = new DOMParser().parseFromString(await answer.clone().text(), "text/html");
  const needed = addressesIn(parsed);
  await cache.addAll(needed);
  await cache.put(PAGE, answer);
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/static/") && !needed.includes(pathname)) await cache.delete(request);
  }
}

/** Where the browser can: have the worker send what waits, also when no page of ours is open any more. */
export async function askForSync() {
  const registration = await navigator.serviceWorker?.getRegistration();
  await /** @type {WithSync | undefined} */ (registration)?.sync?.register("phan-anh");
}

/**
 * Without a network a report is kept on the device instead of being lost.
 * @param {HTMLFormElement} form
 */
export function watchNetwork(form) {
  form.addEventListener("submit", (event) => {
    if (navigator.onLine || event.defaultPrevented) return;
    event.preventDefault();
    void keepDraft(draftOf(form)).then(askForSync).finally(() => location.assign(PAGE));
  });
}

/** Tell who has reports waiting on this device. */
export async function showWaiting() {
  const sign = document.querySelector("[data-waiting-drafts]");
  if (sign instanceof HTMLElement) sign.hidden = (await allDrafts()).length === 0;
}

/** @param {Document} page */
function addressesIn(page) {
  const found = [...page.querySelectorAll("link[href], script[src], img[src]")].map((one) => one.getAttribute("href") ?? one.getAttribute("src") ?? "");
  return [...new Set(found.filter((address) => address.startsWith("/static/")))];
}

/** @param {Document} page the folder of our files, as "/static/0123456789ab/" */
function versionOf(page) {
  const own = addressesIn(page)[0] ?? "/static/";
  return own.split("/").slice(0, 3).join("/") + "/";
}
