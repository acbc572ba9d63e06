/** The map beside the list of results: every point leads to its page. The list is complete without it. */

import { drawMap } from "../js/map.js";

/** @typedef {{ geometry: { coordinates: [number, number] }, properties: { category: string, url: string } }} Feature */

const element = document.querySelector("[data-results-map]");
if (element instanceof HTMLElement) void show(element).catch(() => (element.hidden = true));

/** @param {HTMLElement} place */
async function show(place) {
  const answer = await fetch(place.dataset.points ?? "");
  /** @type {{ features: Feature[] }} */
  const { features } = await answer.json();
  if (!features.length) return;
  const map = await drawMap(place);
  const points = features.map((one) => mark(one).addTo(map));
  map.fitBounds(window.L.featureGroup(points).getBounds(), { maxZoom: 16, padding: [24, 24] });
}

/** @param {Feature} feature */
function mark({ geometry, properties }) {
  const [longitude, latitude] = geometry.coordinates;
  const link = document.createElement("a");
  link.href = new URL(properties.url).pathname;
  link.textContent = properties.category || properties.url;
  return window.L.circleMarker([latitude, longitude], { radius: 9, color: "#0b5563", fillOpacity: 0.5 }).bindPopup(link);
}
