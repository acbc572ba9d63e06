/** The floor as supervisors see it. */

import { say } from "../js/words.js";
import { QUALITY, STATES, clock, find } from "./phone_view.js";

/**
 * @typedef {import("./phone_line.js").Board} Board
 * @typedef {import("./phone_line.js").OnBoard} OnBoard
 * @typedef {{send: (command: Record<string, unknown>) => void}} Line
 */

const PARTS = [
  ["listen", say("Nghe")],
  ["whisper", say("Nhắc riêng")],
  ["take_over", say("Nhận thay")],
  ["leave", say("Rời")],
];

/**
 * Ask for the floor, where the page shows one.
 * @param {HTMLElement} root
 * @param {Line} line
 */
export function watchBoard(root, line) {
  if (root.querySelector("[data-board]")) line.send({ do: "watch", on: true });
}

/**
 * @param {HTMLElement} root
 * @param {Board} board
 * @param {Line} line
 */
export function showBoard(root, board, line) {
  find(root, "[data-board]", HTMLElement).hidden = false;
  const longest = board.waiting[0];
  find(root, "[data-board-waiting]", HTMLElement).textContent = longest
    ? say("{} người đang chờ; người kế tiếp đã chờ {}.", board.waiting.length, clock(longest.since))
    : say("Không có ai đang chờ.");
  const lines = board.agents.map((agent) => row(agent, line));
  find(root, "[data-board-agents]", HTMLElement).replaceChildren(...lines);
}

/**
 * @param {OnBoard} agent
 * @param {Line} line
 */
function row(agent, line) {
  const made = document.createElement("tr");
  const watched = agent.watched_by.length ? ` ${say("(có {})", agent.watched_by.join(", "))}` : "";
  const call = agent.call ? (agent.call.remote || say("Số ẩn")) + watched : "–";
  for (const text of [agent.name || "–", STATES[agent.state] ?? agent.state, call, QUALITY[agent.quality] ?? "–"]) {
    made.insertCell().textContent = text;
  }
  made.insertCell().append(...(agent.call && agent.state === "talking" && !agent.call.asked_by ? parts(agent.call.call, line) : []));
  return made;
}

/**
 * @param {string} call
 * @param {Line} line
 */
function parts(call, line) {
  return PARTS.map(([part, label]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--secondary button--small";
    button.textContent = label ?? "";
    button.addEventListener("click", () => line.send({ do: "supervise", call, part }));
    return button;
  });
}
