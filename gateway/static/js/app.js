/**
 * Small comforts on every page. All of them are optional: the pages work without scripts.
 */

import { watchErrorSummary, watchForms } from "./forms.js";
import { watchMenus } from "./menus.js";
import { watchTimes } from "./times.js";

watchErrorSummary(document);
watchForms(document);
watchMenus(document);
watchTimes(document);
