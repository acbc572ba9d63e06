/** Comforts of the page on which a caller hands in photos and the place. */

import { watchFiles } from "./files.js";
import { watchPlace } from "./place.js";

document.documentElement.classList.add("has-script");
const form = document.querySelector("form[data-tray]");
if (form instanceof HTMLFormElement) {
  watchFiles(form);
  watchPlace(form, () => undefined);
}
