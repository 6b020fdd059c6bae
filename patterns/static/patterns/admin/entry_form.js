"use strict"; // The form of an entry: it counts words, offers codes, Ctrl+S saves, and leaving asks about what is not saved.
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
// Codes of other entries, as they are typed; of two answers only the one to the last question is shown.
let asked;
addEventListener("input", async ({ target }) => {
  const offered = target.list;
  if (!offered?.dataset.source || [...offered.options].some((one) => one.value === target.value)) return;
  const question = (asked = target.value);
  const answer = await fetch(`${offered.dataset.source}?${new URLSearchParams({ q: question })}`);
  if (!answer.ok || question !== asked) return;
  const { entries } = await answer.json();
  offered.replaceChildren(...entries.map(([code, name]) => new Option(name, code)));
});
