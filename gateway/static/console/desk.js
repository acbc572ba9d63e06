/** What every page of staff can do beside what stands on it: stay current, and be worked by keyboard. */

import "./canned.js";
import { watchKeys } from "./keys.js";
import { watchPage } from "./watch.js";

watchKeys(document);
watchPage(document);
