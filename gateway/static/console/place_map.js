/** Where one case happened, with the open cases nearby that may be the same; those come with the suggestions. */

import { drawMap } from "../js/map.js";

const element = document.querySelector("[data-place-map]");
if (element instanceof HTMLElement) void open(element).catch(() => (element.hidden = true));

/** @param {HTMLElement} place */
async function open(place) {
  const here = point(place.dataset.place);
  const map = (await drawMap(place)).setView(here, 16);
  window.L.circleMarker(here, { radius: 11, color: "#a61b12", fillOpacity: 0.35, interactive: false }).addTo(map);
  const layer = window.L.layerGroup().addTo(map);
  const near = () => drawNear(layer);
  document.body.addEventListener("htmx:afterSettle", near);
  near();
}

/** @param {import("leaflet").LayerGroup} layer */
function drawNear(layer) {
  layer.clearLayers();
  for (const line of document.querySelectorAll("[data-near]")) {
    if (!(line instanceof HTMLElement)) continue;
    const { near, nearHref = "", nearName = "" } = line.dataset;
    const icon = window.L.divIcon({ className: "spot spot--near", iconSize: [26, 26] });
    const link = Object.assign(document.createElement("a"), { href: nearHref, textContent: nearName });
    const marker = window.L.marker(point(near), { icon, title: nearName });
    marker.on("add", () => marker.getElement()?.setAttribute("aria-label", nearName));
    marker.bindPopup(link).addTo(layer);
  }
}

/**
 * @param {string | undefined} written degrees north and east with a comma between
 * @returns {[number, number]}
 */
function point(written = "") {
  const [latitude = 0, longitude = 0] = written.split(",").map(Number);
  return [latitude, longitude];
}
