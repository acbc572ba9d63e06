/** Regions of a picture, drawn with the mouse or a finger; the form carries them in thousandths of its size. */

const WHOLE = 1000;
const frame = document.querySelector("[data-cover]");
const field = document.querySelector("[data-regions]");
if (frame instanceof HTMLElement && field instanceof HTMLInputElement) draw(frame, field);

/**
 * @param {HTMLElement} frame
 * @param {HTMLInputElement} field
 */
function draw(frame, field) {
  /** @type {{box: HTMLElement, x: number, y: number} | null} */
  let begun = null;
  frame.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const box = document.createElement("div");
    box.className = "cover__box";
    frame.append(box);
    begun = { box, ...place(event) };
    frame.setPointerCapture(event.pointerId);
  });
  frame.addEventListener("pointermove", (event) => {
    if (begun) put(begun.box, begun, place(event));
  });
  frame.addEventListener("pointerup", (event) => {
    if (!begun) return;
    const region = put(begun.box, begun, place(event));
    if (region[2] > 5 && region[3] > 5) field.value += `${region.join(",")};`;
    else begun.box.remove();
    begun = null;
  });

  /** @param {PointerEvent} event */
  function place(event) {
    const { left, top, width, height } = frame.getBoundingClientRect();
    return { x: within((event.clientX - left) / width), y: within((event.clientY - top) / height) };
  }
}

/** @param {number} share */
function within(share) {
  return Math.round(Math.max(0, Math.min(1, share)) * WHOLE);
}

/**
 * @param {HTMLElement} box
 * @param {{x: number, y: number}} from
 * @param {{x: number, y: number}} to
 * @returns {[number, number, number, number]} left, top, width, height
 */
function put(box, from, to) {
  const left = Math.min(from.x, to.x);
  const top = Math.min(from.y, to.y);
  const width = Math.abs(from.x - to.x);
  const height = Math.abs(from.y - to.y);
  Object.assign(box.style, { left: `${left / 10}%`, top: `${top / 10}%`, width: `${width / 10}%`, height: `${height / 10}%` });
  return [left, top, width, height];
}
