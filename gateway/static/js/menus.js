/**
 * Menus made of <details data-menu>: Escape closes them and gives the focus back, so does a click beside them.
 * @param {Document} page
 */
export function watchMenus(page) {
  page.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus(page)) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
  page.addEventListener("click", (event) => {
    for (const menu of openMenus(page)) {
      if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
    }
  });
}

/**
 * @param {Document} page
 * @returns {HTMLDetailsElement[]}
 */
function openMenus(page) {
  return [...page.querySelectorAll("details[data-menu][open]")].filter((menu) => menu instanceof HTMLDetailsElement);
}
