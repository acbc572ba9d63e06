/** Canned answers go into the field at the cursor, without sending the form; without this module the page does it. */

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button[data-canned]") : null;
  if (!(button instanceof HTMLButtonElement)) return;
  const field = button.form?.querySelector("textarea");
  if (!(field instanceof HTMLTextAreaElement)) return;
  event.preventDefault();
  const words = button.dataset.canned ?? "";
  const before = field.value.slice(0, field.selectionStart);
  const gap = before && !/\s$/.test(before) ? "\n" : "";
  field.setRangeText(gap + words, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  button.closest("details")?.removeAttribute("open");
  field.focus();
});
