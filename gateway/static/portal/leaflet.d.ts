/** Leaflet as an ES module beside our own files; its types come from the package of types. */
declare module "*/leaflet-src.esm.js" {
  export * from "leaflet";
}
