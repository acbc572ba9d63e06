const WAIT = 200;

/**
 * Suggests communes while their name is typed, old names included; without an answer the field is a plain one.
 * @param {HTMLFormElement} form
 */
export function watchCommune(form) {
  const input = form.elements.namedItem("commune");
  const list = form.querySelector("datalist[data-communes]");
  if (!(input instanceof HTMLInputElement) || !(list instanceof HTMLDataListElement)) return;
  let timer = 0;
  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void fill(list, input.value.trim()), WAIT);
  });
}

/**
 * @param {HTMLDataListElement} list
 * @param {string} typed
 */
async function fill(list, typed) {
  if (typed.length < 2) return;
  try {
    const answer = await fetch(`/dia-danh?q=${encodeURIComponent(typed)}`);
    if (!answer.ok) return;
    /** @type {string[]} */
    const names = await answer.json();
    list.replaceChildren(...names.map((name) => new Option("", name)));
  } catch {
    // No network: what was typed goes along as it is.
  }
}
