/** The websocket of a page of staff: what it shows goes out, news come in; connected again by itself. */

import { say } from "../js/words.js";

/**
 * @typedef {{open: (again: boolean) => void, look: () => void, here: (ref: string, sentence: string) => void,
 *   away: () => void, over: () => void}} Ears
 * @typedef {{name: string, typing: boolean}} Colleague
 */

const ADDRESS = "/console/truc-tiep";
const ENDED = [4001, 4003];
const SOONEST_MS = 1000;
const LATEST_MS = 15_000;

/**
 * @param {string} token proves that the socket belongs to a page of ours
 * @param {Ears} ears
 */
export function openNews(token, ears) {
  /** @type {WebSocket | null} */
  let socket = null;
  let wanted = true;
  let again = false;
  let pause = SOONEST_MS;
  connect();
  return { say, stop, start };

  /** @param {Record<string, unknown>} told */
  function say(told) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(told));
  }

  /** @returns {boolean} whether it was running */
  function stop() {
    const ran = wanted;
    wanted = false;
    socket?.close();
    return ran;
  }

  function start() {
    if (wanted) return;
    wanted = true;
    connect();
  }

  function connect() {
    if (!wanted) return;
    const fresh = new WebSocket(new URL(ADDRESS, location.href.replace(/^http/, "ws")));
    socket = fresh;
    fresh.addEventListener("open", () => {
      pause = SOONEST_MS;
      fresh.send(token);
      ears.open(again);
      again = true;
    });
    fresh.addEventListener("message", (event) => hear(JSON.parse(event.data)));
    fresh.addEventListener("close", (event) => closed(event.code));
  }

  /** @param {number} code */
  function closed(code) {
    if (ENDED.includes(code)) {
      wanted = false;
      ears.over();
    } else if (wanted) {
      ears.away();
      setTimeout(connect, pause);
      pause = Math.min(pause * 2, LATEST_MS);
    }
  }

  /** @param {{tell: string, at?: string, who?: Colleague[]}} told */
  function hear(told) {
    if (told.tell === "look") ears.look();
    else if (told.tell === "here") ears.here(told.at ?? "", sentence(told.who ?? []));
  }
}

/**
 * "Trần Thị Bình đang soạn trả lời, Lê Thị Hoa đang xem".
 * @param {Colleague[]} who
 */
function sentence(who) {
  return who.map((one) => `${one.name} ${say(one.typing ? "đang soạn trả lời" : "đang xem")}`).join(", ");
}
