/** Notices in this browser: switched on and off by whoever reads the page. Hidden where a browser cannot. */

import { announce } from "./live.js";
import { say } from "./words.js";

const ON = "Nhận thông báo trên trình duyệt này";
const OFF = "Tắt thông báo trên trình duyệt này";
const BLOCKED = "Trình duyệt đang chặn thông báo. Quý vị cho phép thông báo của trang này trong phần cài đặt rồi thử lại.";
const FAILED = "Chưa lưu được lựa chọn. Vui lòng thử lại sau ít phút.";

const form = document.querySelector("form[data-bell]");
if (form instanceof HTMLFormElement && "serviceWorker" in navigator && "PushManager" in window) void offer(form);

/** @param {HTMLFormElement} form */
async function offer(form) {
  const registration = await navigator.serviceWorker.register("/sw.js", { type: "module" });
  const standing = await registration.pushManager.getSubscription();
  paint(form, standing !== null && form.dataset.rings === "1");
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void press(form);
  });
}

/** @param {HTMLFormElement} form */
async function press(form) {
  const on = form.dataset.on !== "1";
  try {
    const device = await (on ? subscribe(form.dataset.bell ?? "") : standing());
    await tell(form, on, device);
    paint(form, on);
    announce(say(on ? "Đã bật thông báo trên trình duyệt này." : "Đã tắt thông báo trên trình duyệt này."), "ok");
  } catch (error) {
    announce(say(error instanceof DOMException && error.name === "NotAllowedError" ? BLOCKED : FAILED), "warn");
  }
}

/**
 * Ask the browser; one that subscribed under another key of ours begins anew.
 * @param {string} key
 */
async function subscribe(key) {
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: key };
  try {
    return await pushManager.subscribe(options);
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "InvalidStateError") throw error;
    await (await pushManager.getSubscription())?.unsubscribe();
    return pushManager.subscribe(options);
  }
}

async function standing() {
  const found = await (await navigator.serviceWorker.ready).pushManager.getSubscription();
  if (!found) throw new Error("no subscription");
  return found;
}

/**
 * @param {HTMLFormElement} form
 * @param {boolean} on
 * @param {PushSubscription} device
 */
async function tell(form, on, device) {
  const { endpoint = "", keys = {} } = device.toJSON();
  const csrf = String(new FormData(form).get("csrf") ?? "");
  const body = new URLSearchParams({ csrf, on: on ? "1" : "0", endpoint, p256dh: keys.p256dh ?? "", auth: keys.auth ?? "" });
  const answer = await fetch(form.action, { method: "POST", body });
  if (!answer.ok) throw new Error(String(answer.status));
}

/**
 * @param {HTMLFormElement} form
 * @param {boolean} on
 */
function paint(form, on) {
  form.dataset.on = on ? "1" : "0";
  const button = form.querySelector("button");
  if (button) button.textContent = say(on ? OFF : ON);
}
