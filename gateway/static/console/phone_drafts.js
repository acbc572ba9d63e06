/** What is typed during a call is kept at every pause, so that a reload or a lost network costs nobody a word. */

const PAUSE_MS = 500;

/**
 * Drafts live as long as the window (session storage): they hold what people told in confidence.
 * @param {HTMLElement} root
 */
export function keepDrafts(root) {
  /** @type {number | undefined} */
  let pause;
  root.addEventListener("input", (event) => {
    const form = event.target instanceof Element ? event.target.closest("form[data-draft]") : null;
    if (!(form instanceof HTMLFormElement)) return;
    clearTimeout(pause);
    pause = window.setTimeout(() => keep(form), PAUSE_MS);
  });
  root.addEventListener("htmx:load", (event) => {
    const loaded = event.target instanceof Element ? event.target : root;
    const form = loaded.querySelector("form[data-draft]");
    if (form instanceof HTMLFormElement && !loaded.querySelector(".error-summary")) bring(form);
    if (loaded.matches("[data-written]")) sessionStorage.removeItem(name(loaded));
  });
}

/** @param {HTMLFormElement} form */
function keep(form) {
  const typed = [...new FormData(form)].filter(([field, value]) => typeof value === "string" && field !== "csrf");
  sessionStorage.setItem(name(form), JSON.stringify(typed));
}

/** @param {HTMLFormElement} form */
function bring(form) {
  const kept = sessionStorage.getItem(name(form));
  /** @type {[string, string][]} */
  const typed = kept ? JSON.parse(kept) : [];
  for (const [field, value] of typed) {
    const input = form.elements.namedItem(field);
    if (input instanceof HTMLInputElement && input.type === "checkbox") input.checked = true;
    else if (input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement || input instanceof HTMLSelectElement)
      input.value = value;
  }
}

/** @param {Element} element */
function name(element) {
  return `draft:${element.getAttribute("data-draft") ?? ""}`;
}
