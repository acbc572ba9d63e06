/**
 * What was sent is neither offered once more nor shown to whoever uses the machine next, when they go back to the form:
 * browsers fill it in again, with name and telephone number.
 */

const SENT = "sent-at";

/** A report was sent just now. */
export function noteSent() {
  try {
    sessionStorage.setItem(SENT, String(Date.now()));
  } catch {
    // a browser that keeps nothing for us; what it keeps by itself is not ours to take away
  }
}

/**
 * Empties the form where it was begun before the last report was sent.
 *
 * @param {HTMLFormElement} form
 */
export function forgetSent(form) {
  window.addEventListener("pageshow", () => {
    const begun = Number(history.state?.begun ?? Date.now());
    const isOld = begun <= sentAt();
    if (isOld) form.reset();
    history.replaceState({ ...history.state, begun: isOld ? Date.now() : begun }, "");
  });
}

function sentAt() {
  try {
    return Number(sessionStorage.getItem(SENT) ?? 0);
  } catch {
    return 0;
  }
}
