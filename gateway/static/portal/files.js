import { say } from "../js/words.js";
import { placeOf } from "./exif.js";

/** Longest side of a photo that is sent, in pixels: enough to read a number plate, small enough for a slow line. */
const LONGEST_SIDE = 2400;
/** Photos below this size stay as they are, in bytes. */
const SMALL = 1_200_000;

/**
 * Show what was chosen, make large photos smaller, let one be taken out again.
 * @param {HTMLFormElement} form
 * @param {(place: [number, number]) => void} [taken] told where a photo was taken
 */
export function watchFiles(form, taken = () => {}) {
  const list = form.querySelector("[data-previews]");
  if (!(list instanceof HTMLElement)) return;
  for (const input of form.querySelectorAll('input[type="file"]')) {
    if (input instanceof HTMLInputElement) input.addEventListener("change", () => void take(input, form, list, taken));
  }
}

/**
 * @param {HTMLInputElement} input
 * @param {HTMLFormElement} form
 * @param {HTMLElement} list
 * @param {(place: [number, number]) => void} taken
 */
async function take(input, form, list, taken) {
  const places = await Promise.all([...(input.files ?? [])].map(placeOf)); // before a photo is made smaller
  const files = await Promise.all([...(input.files ?? [])].map(shrink));
  setFiles(input, files);
  draw(form, list);
  const place = places.find((one) => one !== null);
  if (place) taken(place);
}

/**
 * A photo no larger than needed; everything else, and what cannot be read here, stays as it is.
 * @param {File} file
 * @returns {Promise<File>}
 */
async function shrink(file) {
  if (!file.type.startsWith("image/") || file.type === "image/gif" || file.size < SMALL) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    /** @type {Blob | null} */
    const smaller = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
    if (!smaller || smaller.size >= file.size) return file;
    return new File([smaller], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file;
  }
}

/**
 * @param {HTMLInputElement} input
 * @param {File[]} files
 */
function setFiles(input, files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files;
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement} list
 */
function draw(form, list) {
  list.replaceChildren();
  let total = 0;
  for (const input of form.querySelectorAll('input[type="file"]')) {
    if (!(input instanceof HTMLInputElement)) continue;
    for (const file of input.files ?? []) {
      total += file.size;
      list.append(preview(file, () => {
        setFiles(input, [...(input.files ?? [])].filter((other) => other !== file));
        draw(form, list);
        input.focus();
      }));
    }
  }
  const most = Number(form.dataset.mostMb ?? "0") * 1024 * 1024;
  if (most && total > most) list.append(warning(say("Các tệp lớn hơn {} MB. Vui lòng bỏ bớt hoặc gửi thành nhiều lần.", form.dataset.mostMb ?? "")));
}

/**
 * @param {File} file
 * @param {() => void} remove
 */
function preview(file, remove) {
  const item = document.createElement("li");
  item.className = "preview";
  if (file.type.startsWith("image/")) {
    const picture = document.createElement("img");
    picture.alt = "";
    picture.src = URL.createObjectURL(file);
    picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
    item.append(picture);
  } else {
    const blank = document.createElement("span");
    blank.className = "preview__blank";
    blank.textContent = file.type.startsWith("video/") ? "Video" : say("Tệp");
    item.append(blank);
  }
  const name = document.createElement("span");
  name.className = "preview__name";
  name.textContent = file.name;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button";
  button.textContent = say("Bỏ");
  button.setAttribute("aria-label", say("Bỏ tệp {}", file.name));
  button.addEventListener("click", remove);
  item.append(name, button);
  return item;
}

/** @param {string} sentence */
function warning(sentence) {
  const item = document.createElement("li");
  item.className = "field-error";
  item.textContent = sentence;
  return item;
}
