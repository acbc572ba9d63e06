/**
 * The trial ground: shows what the sandbox process tells, and sends what is done there.
 *
 * @typedef {{by: string, text: string, at: string, state: string, subject: string, buttons: string[], files: string[], photo: number}} Line
 * @typedef {{id: string, name: string, address: string, lines: Line[]}} Person
 * @typedef {{id: string, label: string}} Mood
 * @typedef {{name: string, label: string, kind: string, can: string[], mood: string, moods: Mood[], people: Person[]}} Channel
 * @typedef {{version: number, channels: Channel[]}} State
 */

import { bytesAsBase64, find, linked } from "./words.js";

const CLOCK = new Intl.DateTimeFormat("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });

/** What a screen asks for: a map of kind to words; a phone is the usual one. */
const PLACEHOLDERS = new Map([
  ["mailbox", "Viết thư…"],
  ["browser", "Gõ mã phản ánh và mã PIN…"],
]);

/** One channel's phone or mailbox on the page. */
class Screen {
  /** @param {Channel} channel */
  constructor(channel) {
    const template = /** @type {HTMLTemplateElement} */ (find(document, "#mau-may"));
    const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    this.root = /** @type {HTMLElement} */ (find(copy, ".screen"));
    this.channel = channel;
    this.shown = "";
    this.people = /** @type {HTMLSelectElement} */ (find(this.root, ".screen__person"));
    this.moods = /** @type {HTMLSelectElement} */ (find(this.root, ".screen__mood"));
    this.lines = /** @type {HTMLElement} */ (find(this.root, ".screen__lines"));
    this.text = /** @type {HTMLTextAreaElement} */ (find(this.root, ".screen__text"));
    this.fresh = /** @type {HTMLInputElement} */ (find(this.root, ".screen__fresh input"));
    this.problem = /** @type {HTMLElement} */ (find(this.root, ".screen__problem"));
    this.prepare();
  }

  /** Labels, what this channel can, and what happens when something is pressed. */
  prepare() {
    const { name, label, can, moods, kind } = this.channel;
    this.root.dataset.channel = name;
    this.root.setAttribute("aria-label", label);
    find(this.root, ".screen__label").textContent = label;
    this.lines.setAttribute("aria-label", `${kind === "mailbox" ? "Hộp thư" : "Màn hình"} ${label}`);
    this.text.id = `viet-${name}`;
    find(this.root, ".screen__text-label").setAttribute("for", this.text.id);
    this.text.placeholder = PLACEHOLDERS.get(kind) ?? "Viết tin nhắn…";
    this.moods.replaceChildren(...moods.map((mood) => new Option(mood.label, mood.id)));
    find(this.root, ".screen__fresh").toggleAttribute("hidden", !can.includes("fresh"));
    find(this.root, ".screen__contact").toggleAttribute("hidden", !can.includes("contact"));
    this.listen();
  }

  listen() {
    this.people.addEventListener("change", () => this.draw());
    this.moods.addEventListener("change", () => this.post("mood", { mood: this.moods.value }));
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing && this.channel.kind !== "mailbox") {
        event.preventDefault();
        this.sendText();
      }
    });
    find(this.root, ".screen__form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.sendText();
    });
    find(this.root, ".screen__sample").addEventListener("click", () => this.say({ sample: true, ...this.words() }));
    find(this.root, ".screen__contact").addEventListener("click", () => this.say({ contact: true }));
    find(this.root, ".screen__send-place").addEventListener("click", () => this.say({ place: this.point() }));
    find(this.root, ".screen__own input").addEventListener("change", (event) => this.sendOwn(event));
  }

  /** What is typed goes along with a picture, and is gone from the field. */
  words() {
    const text = this.text.value.trim();
    this.text.value = "";
    return text ? { text } : {};
  }

  point() {
    const value = (/** @type {string} */ name) =>
      Number(/** @type {HTMLInputElement} */ (find(this.root, name)).value);
    return { latitude: value(".screen__latitude"), longitude: value(".screen__longitude") };
  }

  sendText() {
    const words = this.words();
    if (words.text) this.say(words);
  }

  /** @param {Event} event */
  async sendOwn(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const file = input.files?.[0];
    if (!file) return;
    const photo = bytesAsBase64(new Uint8Array(await file.arrayBuffer()));
    input.value = "";
    await this.say({ photo, ...this.words() });
  }

  /** @param {Record<string, unknown>} what */
  async say(what) {
    const fresh = this.fresh.checked;
    this.fresh.checked = false;
    await this.post("say", { person: this.people.value, fresh, ...what });
  }

  /**
   * @param {string} door
   * @param {Record<string, unknown>} body
   */
  async post(door, body) {
    this.problem.textContent = "";
    try {
      const answer = await fetch(`/sandbox/${this.channel.name}/${door}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      if (answer.status === 409) this.problem.textContent = (await answer.json()).message;
      else if (!answer.ok) this.problem.textContent = "Không thực hiện được.";
    } catch {
      this.problem.textContent = "Không liên lạc được với môi trường thử.";
    }
  }

  /** @param {Channel} channel */
  update(channel) {
    this.channel = channel;
    if (document.activeElement !== this.moods) this.moods.value = channel.mood;
    const chosen = this.people.value;
    const named = channel.people.map((person) => `${person.id} ${person.name} ${person.address}`).join("\n");
    if (this.people.dataset.named !== named) {
      const label = (/** @type {Person} */ one) =>
        one.address && one.address !== one.name ? `${one.name} (${one.address})` : one.name;
      this.people.replaceChildren(...channel.people.map((one) => new Option(label(one), one.id)));
      if (chosen) this.people.value = chosen;
      this.people.dataset.named = named;
    }
    this.draw();
  }

  draw() {
    const person = this.channel.people.find((one) => one.id === this.people.value);
    const lines = person?.lines ?? [];
    const shown = JSON.stringify([person?.id, lines]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.lines.replaceChildren(...lines.map((line) => this.drawLine(line)));
    this.lines.scrollTop = this.lines.scrollHeight;
  }

  /** @param {Line} line */
  drawLine(line) {
    const item = document.createElement("li");
    item.className = `line line--${line.by}`;
    const bubble = document.createElement("div");
    bubble.className = "line__bubble";
    if (line.subject) bubble.append(element("span", "line__subject", line.subject));
    bubble.append(...linked(line.text));
    if (line.photo) bubble.append(photo(line.photo));
    if (line.files.length) bubble.append(element("p", "line__files", `Tệp kèm: ${line.files.join(", ")}`));
    if (line.buttons.length) bubble.append(this.drawButtons(line.buttons));
    const state = element("p", "line__state", `${CLOCK.format(new Date(line.at))} · ${line.state}`);
    state.classList.toggle("line__state--bad", line.state.includes("chưa nhận") || line.state.includes("bị mất"));
    item.append(bubble, state);
    return item;
  }

  /** @param {string[]} titles */
  drawButtons(titles) {
    const row = element("div", "line__buttons", "");
    for (const title of titles) {
      const button = element("button", "button button--secondary button--small", title);
      button.setAttribute("type", "button");
      button.addEventListener("click", () => this.say({ button: title }));
      row.append(button);
    }
    return row;
  }
}

/**
 * @param {string} tag
 * @param {string} name
 * @param {string} text
 */
function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

/** @param {number} number */
function photo(number) {
  const image = document.createElement("img");
  image.className = "line__photo";
  image.src = `/sandbox/photos/${number}`;
  image.alt = "Ảnh đã gửi";
  image.width = 240;
  return image;
}

/** @type {Map<string, Screen>} */
const screens = new Map();
const place = find(document, "#may");
const link = find(document, "#ket-noi");

/** @param {State} state */
function show(state) {
  for (const channel of state.channels) {
    let screen = screens.get(channel.name);
    if (!screen) {
      screen = new Screen(channel);
      screens.set(channel.name, screen);
      place.append(screen.root);
    }
    screen.update(channel);
  }
}

/** @param {boolean} lost */
function tell(lost) {
  const words = lost ? "Mất kết nối với môi trường thử; đang kết nối lại…" : "Đang cập nhật trực tiếp.";
  if (link.textContent !== words) link.textContent = words;
  link.classList.toggle("sandbox-link--lost", lost);
}

const AGAIN = 1000;

/** Follow what happens; a browser may give up on a stream for good, and then a new one is opened. */
function follow() {
  const events = new EventSource("/sandbox/events");
  events.addEventListener("open", () => tell(false));
  events.addEventListener("message", (event) => show(JSON.parse(event.data)));
  events.addEventListener("error", () => {
    tell(true);
    events.close();
    setTimeout(follow, AGAIN);
  });
}

follow();
