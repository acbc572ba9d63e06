/** The form's comforts; it is complete without them. */

import { watchCommune } from "./communes.js";
import { watchFiles } from "./files.js";
import { keepOffline, showWaiting, watchNetwork } from "./install.js";
import { openMap } from "./map.js";
import { takePlace, watchPlace } from "./place.js";
import { forgetSent } from "./sent_before.js";
import { watchSuggestions } from "./suggest.js";

const form = document.querySelector("form[data-report]");
if (form instanceof HTMLFormElement) {
  document.documentElement.classList.add("has-script");
  const element = form.querySelector("[data-map]");
  const map = element instanceof HTMLElement ? openMap(form, element) : null;
  forgetSent(form);
  watchFiles(form, (place) => {
    if (takePlace(form, place)) void map?.then((move) => move(...place));
  });
  watchSuggestions(form);
  watchCommune(form);
  watchPlace(form, (latitude, longitude) => void map?.then((move) => move(latitude, longitude)));
  watchNetwork(form);
  void showWaiting().catch(() => {}); // a browser that keeps nothing (a private window) still sends
  void keepOffline().catch(() => {});
}
