/** Beside the pages: shows a notice when there is news, and opens the page that tells it to whoever may read it. */

const worker = /** @type {WorkerScope} */ (/** @type {unknown} */ (self));

/** Where a notice leads; nothing that came over the network names an address. @type {Record<string, string>} */
const PAGES = { report: "/tra-cuu/phan-anh", work: "/console/thong-bao" };

const UNREADABLE = { id: "", tag: "tin", page: "report", title: "Lắng Nghe", body: "Có tin mới. Bấm để xem." };

worker.addEventListener("push", (event) => event.waitUntil(show(noticeOf(event))));
worker.addEventListener("notificationclick", (event) => event.waitUntil(open(event)));

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
