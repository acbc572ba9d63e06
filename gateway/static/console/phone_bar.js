/** A strip on every page of staff while the telephone is open in its window: who calls, for how long, the first buttons. */

import { say } from "../js/words.js";
import { CHANNEL, WINDOW } from "./phone_channel.js";
import { STATES, clock, find, whoWaits } from "./phone_view.js";

/** @typedef {import("./phone_line.js").Status} Status */

/** @param {Document} page */
function watchPhone(page) {
  const bar = page.querySelector("[data-phone-bar]");
  if (!(bar instanceof HTMLElement) || page.querySelector("[data-phone]")) return;
  const channel = new BroadcastChannel(CHANNEL);
  /** @type {Status | null} */
  let status = null;
  channel.addEventListener("message", ({ data }) => {
    status = data.gone ? null : (data.status ?? status);
    draw(bar, status);
  });
  channel.postMessage({ ask: "status" });
  bar.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.dataset.bar) channel.postMessage({ press: button.dataset.bar });
    else if (button?.hasAttribute("data-bar-open")) window.open("", WINDOW)?.focus();
  });
  setInterval(() => status && times(bar, status), 1000);
}

/**
 * @param {HTMLElement} bar
 * @param {Status | null} status
 */
function draw(bar, status) {
  bar.hidden = status === null;
  if (!status) return;
  const card = status.ringing ?? status.call;
  bar.dataset.state = status.sound ? status.state : "silent";
  find(bar, "[data-bar-state]", HTMLElement).textContent = STATES[status.state] ?? status.state;
  find(bar, "[data-bar-number]", HTMLElement).textContent = card ? card.remote || say("Số ẩn") : "";
  find(bar, "[data-bar-waiting]", HTMLElement).textContent = status.call ? whoWaits(status) : "";
  /** @type {Record<string, boolean>} */
  const shown = {
    take: Boolean(status.ringing),
    decline: Boolean(status.ringing),
    hold: Boolean(status.call && !status.call.dialling && !status.asking),
    hang_up: Boolean(status.call),
    wrapped_up: status.state === "wrap_up",
  };
  for (const button of bar.querySelectorAll("button[data-bar]"))
    if (button instanceof HTMLButtonElement) button.hidden = !shown[button.dataset.bar ?? ""];
  find(bar, '[data-bar="hold"]', HTMLElement).setAttribute("aria-pressed", String(status.call?.held ?? false));
  times(bar, status);
}

/**
 * @param {HTMLElement} bar
 * @param {Status} status
 */
function times(bar, status) {
  find(bar, "[data-bar-clock]", HTMLElement).textContent = status.call || status.ringing ? clock(status.since) : "";
}

watchPhone(document);
