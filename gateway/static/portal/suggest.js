/** While a report is written: the category that its words hint at, and reports nearby that may be followed instead. */

import { say } from "../js/words.js";

const ADDRESS = "/phan-anh/goi-y";
/** Only these fields are asked about: nothing of who is writing. */
const ASKED = ["csrf", "content", "category", "latitude", "longitude"];
/** Shorter texts hint at nothing. */
const SHORTEST = 12;

/** @typedef {{ code: string, shown: string, category: string, stage: string, day: string, away: number }} Near */
/** @typedef {{ category: { id: string, label: string } | null, near: Near[] }} Suggestions */

/** @param {HTMLFormElement} form */
export function watchSuggestions(form) {
  const place = form.querySelector("[data-suggestions]");
  if (!(place instanceof HTMLElement)) return;
  let asked = "";
  form.addEventListener("change", async () => {
    const body = questionOf(form);
    if ((body.get("content") ?? "").trim().length < SHORTEST || body.toString() === asked) return;
    asked = body.toString();
    const answer = await fetch(ADDRESS, { method: "POST", body }).catch(() => null);
    if (answer?.ok && body.toString() === asked) draw(form, place, await answer.json());
  });
}

/** @param {HTMLFormElement} form */
function questionOf(form) {
  const body = new URLSearchParams();
  const given = new FormData(form);
  for (const name of ASKED) body.set(name, String(given.get(name) ?? ""));
  return body;
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement} place
 * @param {Suggestions} found
 */
function draw(form, place, { category, near }) {
  const select = form.elements.namedItem("category");
  const unchosen = select instanceof HTMLSelectElement && select.value === "";
  place.replaceChildren(
    ...(category && unchosen ? [offer(select, category, place)] : []),
    ...(near.length ? [others(near)] : []),
  );
  place.hidden = place.childElementCount === 0;
}

/**
 * @param {HTMLSelectElement} select
 * @param {{ id: string, label: string }} category
 * @param {HTMLElement} place
 */
function offer(select, category, place) {
  const row = element("p", "suggestion", say("Lĩnh vực có vẻ là: "));
  row.append(element("strong", "", category.label), " ");
  const button = element("button", "button button--secondary button--small", say("Chọn lĩnh vực này"));
  button.setAttribute("type", "button");
  button.addEventListener("click", () => {
    select.value = category.id;
    row.remove();
    place.hidden = place.childElementCount === 0;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  row.append(button);
  return row;
}

/** @param {Near[]} near */
function others(near) {
  const box = element("div", "suggestion");
  box.append(element("p", "suggestion__title", say("Gần đây có người đã phản ánh việc tương tự. Quý vị có thể theo dõi thay vì gửi mới:")));
  const list = element("ul", "suggestion__list");
  list.append(...near.map(row));
  box.append(list);
  return box;
}

/** @param {Near} one */
function row(one) {
  const when = say("nhận ngày {}, cách khoảng {} m", one.day, one.away);
  const item = element("li", "", [one.category, one.stage, when, ""].join(" · "));
  const follow = element("button", "link-button", say("Theo dõi {}", one.shown));
  follow.setAttribute("type", "button");
  follow.addEventListener("click", () => open(one.code));
  item.append(follow);
  return item;
}

/**
 * What its code alone shows, beside what is being written: by the form that stands ready for it.
 * @param {string} code
 */
function open(code) {
  const form = document.querySelector("form[data-follow]");
  const input = form?.querySelector('input[name="code"]');
  if (!(form instanceof HTMLFormElement) || !(input instanceof HTMLInputElement)) return;
  input.value = code;
  form.requestSubmit();
}

/**
 * @param {string} name
 * @param {string} className
 * @param {string} [words]
 */
function element(name, className, words = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = words;
  return made;
}
