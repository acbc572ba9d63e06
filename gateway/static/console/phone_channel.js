/**
 * The telephone's window and the other pages of the same browser: the window tells what is going on, pages ask for it and
 * press its buttons. Only pages of our own origin hear each other.
 */

/** @typedef {import("./phone_line.js").Status} Status */

export const CHANNEL = "langnghe-tong-dai";
export const WINDOW = "langnghe-tong-dai";

/**
 * The window's side.
 * @param {(wanted: string) => void} press a button was pressed on another page
 * @returns {{tell: (status: Status) => void}}
 */
export function speakToPages(press) {
  const channel = new BroadcastChannel(CHANNEL);
  /** @type {Status | null} */
  let last = null;
  channel.addEventListener("message", ({ data }) => {
    if (data.ask === "status" && last) channel.postMessage({ status: last });
    else if (typeof data.press === "string") press(data.press);
    else if (data.ask === "focus") window.focus();
  });
  window.addEventListener("pagehide", () => channel.postMessage({ gone: true }));
  return {
    tell: (status) => {
      last = status;
      channel.postMessage({ status });
    },
  };
}
