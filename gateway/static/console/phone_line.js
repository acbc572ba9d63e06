/** The websocket of the page: commands out, news in; connected again by itself. */

/**
 * @typedef {{call: string, about: string, remote: string, queue: string, since: string, callback: boolean, held: boolean,
 *   dialling: boolean, asked_by: string}} Card
 * @typedef {{agent: string, name: string, free: boolean}} Colleague
 * @typedef {{colleague: string, answered: boolean, side: string, outside: boolean}} Asking
 * @typedef {{state: string, since: string, until: string | null, wanted: string, why: string, sound: boolean, quality: string,
 *   ringing: Card | null, call: Card | null, wrapping: Card | null, asking: Asking | null, colleagues: Colleague[],
 *   outside: string[], waiting: Record<string, number>}} Status
 * @typedef {{agent: string, name: string, state: string, since: string, why: string, call: Card | null,
 *   quality: string, watched_by: string[]}} OnBoard
 * @typedef {{agents: OnBoard[], waiting: Card[]}} Board
 * @typedef {{status: (told: Status) => void, answer: (sdp: string) => void,
 *   refused: (command: string, why: string) => void, away: () => void, elsewhere: () => void, ended: () => void, board: (told: Board) => void}} Ears
 */

const ELSEWHERE = 4001;
const ENDED = 4002;
const AGAIN_MS = 1000;

/**
 * @param {string} token proves that the socket belongs to a page of ours
 * @param {Ears} ears
 * @returns {{send: (command: Record<string, unknown>) => void}}
 */
export function openLine(token, ears) {
  /** @type {WebSocket} */
  let socket;
  connect();
  return {
    send: (command) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(command));
      else ears.away();
    },
  };

  function connect() {
    socket = new WebSocket(new URL("/console/tong-dai/kenh", location.href.replace(/^http/, "ws")));
    socket.addEventListener("open", () => socket.send(token));
    socket.addEventListener("message", (event) => hear(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => {
      if (event.code === ELSEWHERE) ears.elsewhere();
      else if (event.code === ENDED) ears.ended();
      else {
        ears.away();
        setTimeout(connect, AGAIN_MS);
      }
    });
  }

  /** @param {any} told */
  function hear(told) {
    if (told.tell === "status") ears.status(told);
    else if (told.tell === "board") ears.board(told);
    else if (told.tell === "answer") ears.answer(told.sdp);
    else if (told.tell === "refused") ears.refused(told.command, told.why);
    else ears.away();
  }
}
