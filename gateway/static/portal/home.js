/** On the first page: who has reports waiting on this device is told; started from a home screen, it is made ready. */

import { keepOffline, showWaiting } from "./install.js";

void showWaiting().catch(() => {}); // a browser that keeps nothing (a private window) has none
if (matchMedia("(display-mode: standalone)").matches) void keepOffline().catch(() => {});
