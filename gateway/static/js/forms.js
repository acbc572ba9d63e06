/** How long a button stays asleep after its form was sent, in milliseconds: against double clicks. */
const NAP = 5000;

/**
 * Bring the list of mistakes to who made them, and the focus from there into the field.
 * @param {Document} page
 */
export function watchErrorSummary(page) {
  const summary = page.querySelector("[data-error-summary]");
  if (summary instanceof HTMLElement) summary.focus();
}

/**
 * A form sent twice by impatience arrives once.
 * @param {Document} page
 */
export function watchForms(page) {
  page.addEventListener("submit", (event) => {
    if (!(event instanceof SubmitEvent) || event.defaultPrevented) return;
    const button = event.submitter;
    if (!(button instanceof HTMLButtonElement)) return;
    if (button.getAttribute("aria-disabled") === "true") {
      event.preventDefault();
      return;
    }
    button.setAttribute("aria-disabled", "true");
    setTimeout(() => button.removeAttribute("aria-disabled"), NAP);
  });
  // A page that comes back from the browser's memory has its buttons awake.
  window.addEventListener("pageshow", () => {
    for (const button of page.querySelectorAll("button[aria-disabled]")) button.removeAttribute("aria-disabled");
  });
}
