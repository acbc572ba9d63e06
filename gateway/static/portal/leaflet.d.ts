/** Leaflet's small build sets a global; its types come from the package of types. */
declare module "*/leaflet.js" {}
interface Window {
  L: typeof import("leaflet");
}
