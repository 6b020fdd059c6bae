"use strict"; // The form of an entry: it counts words, Ctrl+S saves, and leaving asks about what is not saved.
let unsaved = false;
addEventListener("input", ({ target }) => {
  unsaved ||= target.form?.id === "pattern_form";
  const said = document.querySelector(`[data-counts="${target.id}"]`);
  if (!said) return;
  const count = target.value.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
  said.textContent = count;
  said.classList.toggle("outside", count < said.dataset.least || count > (said.dataset.most || Infinity));
});
addEventListener("submit", (event) => { unsaved &&= event.submitter?.formTarget === "_blank"; });
addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
addEventListener("keydown", (event) => {
  const button = document.querySelector("#pattern_form [data-saves]");
  if (!(event.ctrlKey || event.metaKey) || event.key !== "s" || !button) return;
  event.preventDefault();
  button.click();
});
