/** Comforts of the tracking page. */

import { watchFiles } from "./files.js";

document.documentElement.classList.add("has-script");
for (const form of document.querySelectorAll("form.write")) if (form instanceof HTMLFormElement) watchFiles(form);
