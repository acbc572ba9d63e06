/** Small helpers of the trial ground. */

/**
 * What must be there.
 * @param {ParentNode} within
 * @param {string} selector
 */
export function find(within, selector) {
  const found = within.querySelector(selector);
  if (!found) throw new Error(`missing: ${selector}`);
  return found;
}

/**
 * Text with its web addresses as links, as a phone shows it.
 * @param {string} text
 */
export function linked(text) {
  return text.split(/(https?:\/\/[^\s<>]*[^\s<>.,;:!?)])/u).map((part, place) => {
    if (place % 2 === 0) return document.createTextNode(part);
    const link = document.createElement("a");
    link.href = part;
    link.textContent = part;
    link.target = "_blank";
    link.rel = "noopener";
    return link;
  });
}

/** @param {Uint8Array} bytes */
export function bytesAsBase64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
