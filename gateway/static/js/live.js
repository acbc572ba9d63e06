/**
 * Tell everybody, also who listens instead of looking: a sentence in the page's live region.
 * @param {string} sentence Vietnamese, short
 * @param {"info" | "ok" | "warn" | "danger"} [tone]
 */
export function announce(sentence, tone = "info") {
  const region = document.getElementById("thong-bao");
  if (!region) return;
  const notice = document.createElement("div");
  notice.className = `notice notice--${tone}`;
  const words = document.createElement("p");
  words.textContent = sentence;
  notice.append(words);
  region.replaceChildren(notice);
}

/** The token for requests that change something, as htmx and our modules send it. */
export function csrfHeaders() {
  const given = document.body.getAttribute("hx-headers");
  /** @type {Record<string, string>} */
  const headers = given ? JSON.parse(given) : {};
  return headers;
}
