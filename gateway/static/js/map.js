/**
 * An empty map with its pictures, for pages of citizens and of staff.
 * @param {HTMLElement} element names them: data-tiles, data-credit
 */
export async function drawMap(element) {
  await import("../vendor/leaflet/leaflet.js"); // the small build: a quarter of the one for bundlers
  element.hidden = false;
  const { tiles = "", credit = "" } = element.dataset;
  const map = window.L.map(element);
  window.L.tileLayer(tiles, { attribution: credit, maxZoom: 19 }).addTo(map);
  return map;
}
