/**
 * Beside the pages: shows a notice when there is news, and opens the page that tells it to whoever may read it; without
 * a network shows the page of drafts in the place of the form, and sends them when it is back; keeps what is shared.
 */

import { sendWaiting } from "../portal/draft_sending.js";

const worker = /** @type {WorkerScope} */ (/** @type {unknown} */ (self));

/** Where a notice leads; nothing that came over the network names an address. @type {Record<string, string>} */
const PAGES = {
  report: "/tra-cuu/phan-anh",
  followed: "/tra-cuu/theo-doi",
  work: "/console/thong-bao",
  warning: "/thong-bao",
  drafts: "/phan-anh/ban-nhap",
};

const CACHE = "phan-anh";
const DRAFTS = "/phan-anh/ban-nhap";
/** Where a device hands over what is shared. */
const SHARE = "/phan-anh/chia-se";
/** Pages that the page of drafts stands in for. Others are none of ours: staff pages, what needs an answer. */
const OFFLINE = new Set(["/", "/phan-anh", DRAFTS]);

const UNREADABLE = { id: "", tag: "tin", page: "report", title: "Lắng Nghe", body: "Có tin mới. Bấm để xem." };

const SENT = { id: "", tag: "da-gui", page: "drafts", title: "Lắng Nghe", body: "Phản ánh đã được gửi. Bấm để ghi lại mã và PIN." };

worker.addEventListener("push", (event) => event.waitUntil(show(noticeOf(event))));
worker.addEventListener("notificationclick", (event) => event.waitUntil(open(event)));
worker.addEventListener("sync", (event) => event.waitUntil(sendKept()));
worker.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (origin !== location.origin) return;
  if (event.request.method === "POST" && pathname === SHARE) event.respondWith(takeShared(event.request));
  else if (event.request.method !== "GET") return;
  else if (event.request.mode === "navigate" && OFFLINE.has(pathname)) event.respondWith(orDrafts(event.request));
  else if (pathname.startsWith("/static/")) event.respondWith(orKept(event.request));
});

/** The network is back: what waits is sent; what still cannot be, the browser has tried again later. */
async function sendKept() {
  const page = await caches.match(DRAFTS, { cacheName: CACHE });
  const key = /data-app-key="([^"]+)"/.exec((await page?.text()) ?? "")?.[1];
  const tried = key ? await sendWaiting(key) : [];
  if (tried.some(({ state }) => state === "sent") && Notification.permission === "granted") await show(SENT);
  if (tried.some(({ state }) => state === "waiting")) throw new Error("no network yet");
}

/**
 * The page, or what was kept for the time without a network.
 * @param {Request} request
 */
async function orDrafts(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(DRAFTS, { cacheName: CACHE });
    if (kept) return kept;
    throw error;
  }
}

/**
 * A file of ours never changes under its address.
 * @param {Request} request
 */
async function orKept(request) {
  return (await caches.match(request, { cacheName: CACHE })) ?? fetch(request);
}

/**
 * A photo that somebody shares with us waits as a draft, so that it is there without a network too.
 * @param {Request} request
 */
async function takeShared(request) {
  const shared = await request.formData();
  const words = ["title", "text", "url"].map((name) => String(shared.get(name) ?? "").trim()).filter(Boolean);
  const files = shared.getAll("media").filter((part) => part instanceof File);
  const cache = await caches.open(CACHE);
  await Promise.all(files.map((file, at) => cache.put(`${SHARE}/${at}`, answerWith(file))));
  await cache.put(SHARE, new Response(JSON.stringify({ words: words.join("\n"), files: files.length })));
  return Response.redirect(`${DRAFTS}#chia-se`, 303);
}

/** @param {File} file */
function answerWith(file) {
  return new Response(file, { headers: { "Content-Type": file.type, "X-Name": encodeURIComponent(file.name) } });
}

/**
 * What was sent; a browser wants to see a notice for every push, so what cannot be read is shown as news all the same.
 * @param {PushMessage} event
 * @returns {typeof UNREADABLE}
 */
function noticeOf(event) {
  try {
    return { ...UNREADABLE, .../** @type {object} */ (event.data?.json()) };
  } catch {
    return UNREADABLE;
  }
}

/**
 * One notice for all news of a report; the same message told twice makes no second sound.
 * @param {typeof UNREADABLE} notice
 */
async function show({ id, tag, page, title, body }) {
  const [standing] = await worker.registration.getNotifications({ tag });
  const again = standing !== undefined && standing.data?.id === id;
  /** @type {NotificationOptions & { renotify: boolean }} */
  const options = { body, tag, lang: "vi", data: { id, page }, renotify: standing !== undefined && !again };
  await worker.registration.showNotification(title, options);
}

/** @param {NoticePressed} event */
async function open({ notification }) {
  notification.close();
  const address = PAGES[notification.data?.page] ?? "/";
  for (const view of await worker.clients.matchAll({ type: "window", includeUncontrolled: true })) {
    if (new URL(view.url).pathname === address) return view.focus();
  }
  return worker.clients.openWindow(address);
}
