/** What another app of the device shared with us, handed over by the worker: into the form, once. */

const CACHE = "phan-anh";
const SHARE = "/phan-anh/chia-se";

/**
 * Put words and files into the form; false where nothing was shared.
 * @param {HTMLFormElement} form
 */
export async function takeShared(form) {
  if (!("caches" in window)) return false;
  const cache = await caches.open(CACHE);
  const told = await cache.match(SHARE);
  if (!told) return false;
  const { words, files } = await told.json();
  const found = await Promise.all([...Array(files).keys()].map((at) => takeFile(cache, `${SHARE}/${at}`)));
  await cache.delete(SHARE);
  const content = form.elements.namedItem("content");
  if (content instanceof HTMLTextAreaElement && !content.value) content.value = words;
  putFiles(form, found.filter((file) => file !== null));
  return true;
}

/**
 * Choose these files, as if somebody had.
 * @param {HTMLFormElement} form
 * @param {File[]} files
 */
export function putFiles(form, files) {
  const picker = form.querySelector('input[type="file"][multiple]');
  if (!(picker instanceof HTMLInputElement) || !files.length) return;
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  picker.files = transfer.files;
  picker.dispatchEvent(new Event("change"));
}

/**
 * @param {Cache} cache
 * @param {string} address
 */
async function takeFile(cache, address) {
  const answer = await cache.match(address);
  if (!answer) return null;
  await cache.delete(address);
  const name = decodeURIComponent(answer.headers.get("X-Name") ?? "tep");
  return new File([await answer.blob()], name, { type: answer.headers.get("Content-Type") ?? "" });
}
