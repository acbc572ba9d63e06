/** A ringing call tells itself outside the page, too. */

import { say } from "../js/words.js";

/** @type {Notification | null} */
let shown = null;

/** May be asked for only after a click. */
export function askNotice() {
  if ("Notification" in window && Notification.permission === "default") void Notification.requestPermission();
}

/**
 * The number stays on the page: a lock screen is read by anybody.
 * @param {import("./phone_line.js").Card | null} ringing
 */
export function notice(ringing) {
  if (!ringing) {
    shown?.close();
    shown = null;
  } else if (!shown && document.hidden && "Notification" in window && Notification.permission === "granted") {
    shown = new Notification(say("Cuộc gọi đến"), { body: say("Có người đang chờ anh/chị nghe máy."), tag: "langnghe-cuoc-goi" });
    shown.addEventListener("click", () => window.focus());
  }
}
