/** Reports that wait on this device: kept by the browser, read by nobody else, gone when they were sent and written down. */

const NAME = "phan-anh";
const STORE = "drafts";

/**
 * One draft. `id` is its Idempotency-Key: whatever is sent under it is one report; `fields` as the form has them.
 * `state`: "waiting" for a network · "proof": for a one-time password · "refused": for its writer · "sent".
 * @typedef {{
 *   id: string, at: number, fields: [string, string][], files: File[], state: "waiting" | "proof" | "refused" | "sent",
 *   message: string, challenge: string, code: string, pin: string, line: string,
 * }} Draft
 */

/** What does not travel with a draft: it belongs to a page that was served. */
const OF_THE_PAGE = new Set(["csrf", "form", "website", "kept", "drop"]);

/**
 * What stands in a form, as a draft that was never sent.
 * @param {HTMLFormElement} form
 * @returns {Draft}
 */
export function draftOf(form) {
  const parts = [...new FormData(form)].filter(([name]) => !OF_THE_PAGE.has(name));
  /** @type {[string, string][]} */
  const fields = [];
  /** @type {File[]} */
  const files = [];
  for (const [name, value] of parts) {
    if (typeof value === "string") fields.push([name, value]);
    else if (value.size > 0) files.push(value);
  }
  return newDraft(fields, files);
}

/**
 * @param {[string, string][]} fields
 * @param {File[]} files
 * @returns {Draft}
 */
function newDraft(fields, files) {
  const blank = { message: "", challenge: "", code: "", pin: "", line: "" };
  return { id: crypto.randomUUID(), at: Date.now(), fields, files, state: "waiting", ...blank };
}

/** @param {Draft} draft */
export async function keepDraft(draft) {
  await run("readwrite", (store) => store.put(draft));
}

/** @param {string} id */
export async function dropDraft(id) {
  await run("readwrite", (store) => store.delete(id));
}

/**
 * Change a draft as it stands, after whoever is at it just now: another page, or the worker. Null where it is gone.
 * @param {string} id
 * @param {(standing: Draft) => Promise<Draft>} act
 * @returns {Promise<Draft | null>}
 */
export async function changeDraft(id, act) {
  /** @type {Draft | null} */
  let after = null;
  await navigator.locks.request(`draft-${id}`, async () => {
    const standing = (await allDrafts()).find((one) => one.id === id);
    if (!standing) return;
    after = await act(standing);
    await keepDraft(after);
  });
  return after;
}

/** @returns {Promise<Draft[]>} the oldest first */
export async function allDrafts() {
  /** @type {Draft[]} */
  const found = await run("readonly", (store) => store.getAll());
  return found.sort((left, right) => left.at - right.at);
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} work
 * @returns {Promise<T>}
 */
async function run(mode, work) {
  const database = await settled(opening());
  try {
    const transaction = database.transaction(STORE, mode);
    const request = work(transaction.objectStore(STORE));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
    return request.result;
  } finally {
    database.close();
  }
}

function opening() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
  return request;
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
