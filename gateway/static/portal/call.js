/** A call to the hotline from the page. */

import { micProblem, openSound } from "../js/call_sound.js";
import { say } from "../js/words.js";

const root = document.querySelector("[data-call]");
if (root instanceof HTMLElement) start(root);

/** @param {HTMLElement} root */
function start(root) {
  const begin = part("[data-begin]");
  const end = part("[data-end]");
  const keys = part("[data-keys]");
  const audio = root.querySelector("audio");
  if (!audio) return;
  let call = "";
  const sound = openSound(audio, (sdp) => void offer(sdp), over);
  begin.hidden = false;
  begin.addEventListener("click", () => {
    problem("");
    state(say("Đang nối máy…"));
    begin.hidden = true;
    sound.open().catch((/** @type {unknown} */ error) => fail(say(micProblem(error))));
  });
  end.addEventListener("click", () => {
    void post("/goi/gac-may", { call });
    over();
  });
  keys.addEventListener("click", (event) => {
    const key = event.target instanceof HTMLElement ? event.target.dataset.key : undefined;
    if (key) void post("/goi/phim", { call, keys: key });
  });
  window.addEventListener("keydown", (event) => {
    if (call && /^[0-9*#]$/.test(event.key)) void post("/goi/phim", { call, keys: event.key });
  });

  /** @param {string} sdp */
  async function offer(sdp) {
    const answer = await post("/goi/cuoc-goi", { offer: sdp });
    const told = await answer?.json().catch(() => null);
    if (!answer?.ok) {
      fail(told?.message || say("Chưa gọi được. Vui lòng thử lại sau ít phút."));
      return;
    }
    call = told.call;
    await sound.take(told.sdp);
    state(say("Đang nói chuyện với tổng đài. Bấm phím số khi tổng đài mời."));
    end.hidden = keys.hidden = false;
    end.focus();
  }

  function over() {
    if (call) state(say("Cuộc gọi đã kết thúc. Cảm ơn Quý vị."));
    call = "";
    sound.close();
    end.hidden = keys.hidden = true;
    begin.hidden = false;
  }

  /** @param {string} sentence */
  function fail(sentence) {
    over();
    state("");
    problem(sentence);
  }

  /**
   * @param {string} path
   * @param {Record<string, string>} values
   */
  function post(path, values) {
    const body = new URLSearchParams({ csrf: root.dataset.token ?? "", ...values });
    return fetch(path, { method: "POST", body }).catch(() => null);
  }

  /** @param {string} sentence */
  function state(sentence) {
    part("[data-state]").textContent = sentence;
  }

  /** @param {string} sentence */
  function problem(sentence) {
    part("[data-problem]").textContent = sentence;
    part("[data-problem]").hidden = sentence === "";
  }

  /** @param {string} selector */
  function part(selector) {
    const found = root.querySelector(selector);
    if (!(found instanceof HTMLElement)) throw new Error(`no ${selector}`);
    return found;
  }
}
