/** The map of open cases: clusters as the server counted them. The list beside it is complete without it. */

import { drawMap } from "../js/map.js";
import { say } from "../js/words.js";
import { CHANGED } from "./watch.js";

/**
 * @typedef {{ at: [number, number], count: number, overdue: number, soon: number, urgent: boolean,
 *   code?: string, category?: string, href?: string }} Spot
 * @typedef {{ frame: [number, number, number, number] | null, finest: boolean, spots: Spot[] }} Drawn
 * @typedef {import("leaflet").Map} LeafletMap
 */

const LIST = "/console/ban-do/danh-sach";
const SETTLED_MS = 300;
const SELDOM_MS = 15_000;
const NEARER = 2;

const element = document.querySelector("[data-case-map]");
if (element instanceof HTMLElement) void open(element).catch(() => (element.hidden = true));

/** @param {HTMLElement} place */
async function open(place) {
  const first = await ask(place.dataset.spots ?? "");
  if (!first.frame) return;
  const map = await drawMap(place);
  const [south, west, north, east] = first.frame;
  map.fitBounds([[south, west], [north, east]], { maxZoom: 16, padding: [24, 24], animate: false });
  const layer = window.L.layerGroup().addTo(map);
  draw(map, layer, first);
  let asked = 0;
  async function redraw() {
    const turn = ++asked;
    const drawn = await ask(withFrame(place.dataset.spots ?? "", map));
    if (turn === asked) draw(map, layer, drawn);
  }
  let reading = false; // a popup moves the map to be seen, and would be gone with its mark
  map.on("popupopen", () => (reading = true)).on("popupclose", () => (reading = false));
  /** @type {number | undefined} */
  let later;
  map.on("moveend", () => {
    if (reading) return;
    clearTimeout(later);
    later = setTimeout(() => {
      history.replaceState(null, "", withFrame(location.href, map));
      void redraw();
      void list();
    }, SETTLED_MS);
  });
  let drawnAt = Date.now();
  document.body.addEventListener(CHANGED, () => {
    if (reading || Date.now() - drawnAt < SELDOM_MS) return;
    drawnAt = Date.now();
    void redraw();
    void list();
  });
}

/** The list of what the address now names. */
function list() {
  const asked = new URL(location.href);
  asked.searchParams.delete("sau");
  return htmx.ajax("GET", LIST + asked.search, { target: "#ban-do-ho-so", swap: "outerHTML" });
}

/**
 * @param {string} address
 * @returns {Promise<Drawn>}
 */
async function ask(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

/**
 * The same address for what the map shows: edges in thousandths of a degree.
 * @param {string} address
 * @param {LeafletMap} map
 */
function withFrame(address, map) {
  const bounds = map.getBounds();
  const edges = [bounds.getSouth(), bounds.getWest(), bounds.getNorth(), bounds.getEast()];
  const found = new URL(address, location.href);
  found.searchParams.set("khung", edges.map((edge) => Math.round(edge * 1000)).join(","));
  return found.pathname + found.search;
}

/**
 * @param {LeafletMap} map
 * @param {import("leaflet").LayerGroup} layer
 * @param {Drawn} drawn
 */
function draw(map, layer, { spots, finest }) {
  layer.clearLayers();
  for (const spot of spots) mark(spot, map, finest).addTo(layer);
}

/**
 * One case leads to its page; a cluster is brought nearer, or says where its cases are listed.
 * @param {Spot} spot
 * @param {LeafletMap} map
 * @param {boolean} finest
 */
function mark(spot, map, finest) {
  const size = spot.count === 1 ? 26 : Math.min(64, 28 + Math.round(6 * Math.log2(spot.count)));
  const name = told(spot);
  const icon = window.L.divIcon({ html: face(spot), className: `spot spot--${tone(spot)}`, iconSize: [size, size] });
  const marker = window.L.marker(spot.at, { icon, title: name, zIndexOffset: spot.urgent ? 10_000 : 0 });
  marker.on("add", () => marker.getElement()?.setAttribute("aria-label", name));
  if (spot.href) return marker.bindPopup(link(spot.href, name));
  if (finest) return marker.bindPopup(said(name, say("Các hồ sơ này ở cùng một chỗ; xem trong danh sách.")));
  const nearer = () => map.setView(spot.at, map.getZoom() + NEARER);
  return marker.on("click", nearer).on("keypress", (event) => {
    if (/** @type {{ originalEvent: KeyboardEvent }} */ (/** @type {unknown} */ (event)).originalEvent.key === "Enter") nearer();
  });
}

/** @param {Spot} spot */
function face(spot) {
  const shown = document.createElement("span");
  shown.textContent = spot.urgent ? "!" : spot.count === 1 ? "" : String(spot.count);
  return shown;
}

/** @param {Spot} spot */
function tone({ urgent, overdue, soon }) {
  return urgent ? "urgent" : overdue ? "overdue" : soon ? "soon" : "ok";
}

/** @param {Spot} spot */
function told(spot) {
  const parts = [spot.code ?? say("{} hồ sơ", spot.count), spot.category ?? ""];
  if (spot.urgent) parts.push(say("việc khẩn"));
  if (spot.overdue) parts.push(spot.count === 1 ? say("quá hạn") : say("{} quá hạn", spot.overdue));
  if (spot.soon) parts.push(spot.count === 1 ? say("còn dưới 4 giờ") : say("{} còn dưới 4 giờ", spot.soon));
  return parts.filter(Boolean).join(", ");
}

/**
 * @param {string} href
 * @param {string} text
 */
function link(href, text) {
  const found = document.createElement("a");
  found.href = href;
  found.textContent = text;
  return found;
}

/** @param {...string} lines */
function said(...lines) {
  const box = document.createElement("div");
  for (const line of lines) box.append(Object.assign(document.createElement("p"), { textContent: line }));
  return box;
}
