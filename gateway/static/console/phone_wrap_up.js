/** What came of a call, before the agent is free again. */

/**
 * @param {HTMLElement} root
 * @returns {string} the code that is chosen, empty: none is
 */
export function chosenResult(root) {
  const chosen = root.querySelector("[data-result] input:checked");
  return chosen instanceof HTMLInputElement ? chosen.value : "";
}

/**
 * Kept before the agent goes on; rejects where it was not.
 * @param {string} token
 * @param {import("./phone_line.js").Card} card
 * @param {string} code
 */
export async function sendResult(token, card, code) {
  const body = new URLSearchParams({ csrf: token, "cuoc-goi": card.about || card.call, ma: code });
  const answer = await fetch("/console/tong-dai/ket-qua", { method: "POST", body });
  if (!answer.ok) throw new Error(String(answer.status));
}
