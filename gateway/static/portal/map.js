import { drawMap } from "../js/map.js";
import { point, setPoint } from "./place.js";

/** Where the map opens before anything is known: the whole country. */
const START = /** @type {[number, number]} */ ([16.2, 107.8]);

/**
 * The map beside the typed place; only where the deployment names a source of pictures.
 * @param {HTMLFormElement} form
 * @param {HTMLElement} element
 * @returns {Promise<(latitude: number, longitude: number) => void>} moves the marker
 */
export async function openMap(form, element) {
  const known = point(form);
  const map = (await drawMap(element)).setView(known ?? START, known ? 16 : 6);
  const marker = window.L.circleMarker(known ?? START, { radius: 11, color: "#a61b12", fillOpacity: 0.35 });
  if (known) marker.addTo(map);
  /** @param {number} latitude @param {number} longitude */
  const move = (latitude, longitude) => {
    marker.setLatLng([latitude, longitude]).addTo(map);
    map.setView([latitude, longitude], Math.max(map.getZoom(), 16));
  };
  map.on("click", (event) => {
    const { lat, lng } = /** @type {import("leaflet").LeafletMouseEvent} */ (event).latlng;
    setPoint(form, lat, lng);
    move(lat, lng);
  });
  return move;
}
