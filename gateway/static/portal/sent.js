/** Offers to print code and PIN where there is something to print with; the form is done with. */

import { noteSent } from "./sent_before.js";

noteSent();

for (const button of document.querySelectorAll("button[data-print]")) {
  if (!(button instanceof HTMLButtonElement)) continue;
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
