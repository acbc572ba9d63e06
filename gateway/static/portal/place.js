import { say } from "../js/words.js";

/**
 * "Vị trí của tôi": asks the device, only when the button is pressed.
 * @param {HTMLFormElement} form
 * @param {(latitude: number, longitude: number) => void} moved told when the place is known
 */
export function watchPlace(form, moved) {
  const row = form.querySelector("[data-locate]");
  const status = form.querySelector("[data-locate-status]");
  const button = row?.querySelector("button");
  if (!(row instanceof HTMLElement) || !(status instanceof HTMLElement) || !button || !("geolocation" in navigator)) return;
  row.hidden = false;
  button.addEventListener("click", () => {
    show(status, say("Đang tìm vị trí…"));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setPoint(form, coords.latitude, coords.longitude, coords.accuracy);
        show(status, say("Đã lấy vị trí, sai lệch khoảng {} m.", Math.max(1, Math.round(coords.accuracy))));
        moved(coords.latitude, coords.longitude);
      },
      () => show(status, say("Chưa lấy được vị trí. Vui lòng ghi địa chỉ vào ô trên."), true),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {number} latitude
 * @param {number} longitude
 * @param {number} [accuracy] metres; left out for a point chosen on the map
 */
export function setPoint(form, latitude, longitude, accuracy) {
  field(form, "latitude").value = latitude.toFixed(6);
  field(form, "longitude").value = longitude.toFixed(6);
  field(form, "accuracy").value = accuracy === undefined ? "" : accuracy.toFixed(1);
  form.dispatchEvent(new Event("change"));
}

/**
 * The place of a photo, where nobody has named another.
 * @param {HTMLFormElement} form
 * @param {[number, number]} place
 */
export function takePlace(form, [latitude, longitude]) {
  if (point(form)) return false;
  setPoint(form, latitude, longitude);
  const status = form.querySelector("[data-locate-status]");
  if (status instanceof HTMLElement) show(status, say("Đã lấy vị trí từ ảnh."));
  return true;
}

/**
 * @param {HTMLFormElement} form
 * @returns {[number, number] | null}
 */
export function point(form) {
  const [latitude, longitude] = ["latitude", "longitude"].map((name) => field(form, name).value.replace(",", "."));
  if (!latitude || !longitude || Number.isNaN(Number(latitude)) || Number.isNaN(Number(longitude))) return null;
  return [Number(latitude), Number(longitude)];
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {HTMLInputElement}
 */
function field(form, name) {
  const found = form.elements.namedItem(name);
  if (!(found instanceof HTMLInputElement)) throw new Error(`no field ${name}`);
  return found;
}

/**
 * @param {HTMLElement} status
 * @param {string} sentence
 * @param {boolean} [wrong]
 */
function show(status, sentence, wrong = false) {
  status.textContent = sentence;
  status.classList.toggle("is-wrong", wrong);
}
