// Rows of a form are moved by their handle, by arrow keys and by their number; what is seen is what is stored.
const rowOf = (node) => node.closest?.("tr.form-row:has(.handle)");
const groupOf = (row) => row.closest(".inline-group");
const rowsIn = (group) => [...group.querySelectorAll("tr.form-row:not(.empty-form)")];
const placeIn = (row) => row.querySelector("input.place");
const fieldsIn = (row) => [...row.querySelectorAll("input:not(.place), select, textarea")];
const withErrors = (row) => row.previousElementSibling?.matches(".row-form-errors") ? [row.previousElementSibling, row] : [row];
function isFilled(row) { // a new row in which nothing is typed is not saved, so it has no number
  const blank = fieldsIn(groupOf(row).querySelector(".empty-form"));
  const differs = (one, at) => one.value.trim() !== blank[at].value.trim() || one.checked !== blank[at].checked;
  return row.classList.contains("has_original") || fieldsIn(row).some(differs);
}
const filledIn = (group) => rowsIn(group).filter(isFilled);
function number(group) {
  const filled = filledIn(group);
  for (const row of rowsIn(group)) {
    const at = filled.indexOf(row) + 1, handle = row.querySelector(".handle");
    placeIn(row).value = at || "";
    handle.disabled = !at;
    handle.ariaLabel = `Move ${group.dataset.row}${at ? ` ${at} of ${filled.length}` : ""}`;
  }
}
// Blank rows come last. All move around the one that is held, which so keeps the focus and the pointer.
function arrange(group, filled, held = filled.find((row) => row.contains(document.activeElement)) ?? filled[0]) {
  const order = [...filled, ...rowsIn(group).filter((row) => !filled.includes(row))], at = order.indexOf(held);
  if (held) withErrors(held)[0].before(...order.slice(0, at).flatMap(withErrors));
  held?.after(...order.slice(at + 1).flatMap(withErrors));
  number(group);
}
function move(row, to) {
  const group = groupOf(row), filled = filledIn(group), from = filled.indexOf(row);
  const at = Math.floor(Math.max(0, Math.min(to, filled.length - 1)));
  if (from < 0 || Number.isNaN(at) || at === from) return number(group); // which shows the number that it has
  arrange(group, filled.toSpliced(from, 1).toSpliced(at, 0, row), row);
  group.querySelector(".moved").textContent = `Row ${from + 1} is now ${at + 1} of ${filled.length}`;
  placeIn(row).dispatchEvent(new Event("input", { bubbles: true })); // it is kept like what is typed
}
addEventListener("keydown", (event) => {
  const row = rowOf(event.target), step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!row || !step || !(event.altKey || event.target.matches(".handle"))) return;
  event.preventDefault();
  move(row, filledIn(groupOf(row)).indexOf(row) + step);
  event.target.scrollIntoView({ block: "nearest" });
});
addEventListener("change", ({ target }) => { if (target.matches(".handle + .place")) move(rowOf(target), target.valueAsNumber - 1); });
addEventListener("pointerdown", ({ target, pointerId }) => { if (target.matches(".handle")) target.setPointerCapture(pointerId); });
addEventListener("pointermove", ({ target, pointerId, clientY }) => {
  if (!target.matches?.(".handle") || !target.hasPointerCapture(pointerId)) return;
  const row = rowOf(target), middle = (one) => one.getBoundingClientRect().top + one.offsetHeight / 2;
  move(row, filledIn(groupOf(row)).filter((one) => one !== row && middle(one) < clientY).length);
  scrollBy(0, clientY < 60 ? -15 : clientY > innerHeight - 90 ? 15 : 0);
});
addEventListener("input", ({ target }) => {
  const row = rowOf(target), group = row && groupOf(row), more = group?.querySelector(".add-row a");
  if (!row || target === placeIn(row)) return;
  if (isFilled(row) !== (placeIn(row).value !== "")) number(group);
  // The next row comes by itself, as long as there may be one more.
  if (isFilled(row) && row === rowsIn(group).at(-1) && more?.offsetParent) more.click();
});
document.addEventListener("formset:removed", ({ detail }) => { // before Django counts the rows that are left, as they stand
  const group = document.getElementById(`${detail.formsetName}-group`);
  arrange(group, filledIn(group));
  group.dispatchEvent(new Event("input", { bubbles: true }));
});
const handle = '<button type="button" class="handle" disabled>↕</button>', sent = (row) => placeIn(row).valueAsNumber || 1_000;
for (const field of document.querySelectorAll("input.place")) field.insertAdjacentHTML("beforebegin", handle);
for (const group of document.querySelectorAll(".inline-group:has(.handle)")) { // what was refused stands as it was sent
  arrange(group, filledIn(group).toSorted((one, other) => sent(one) - sent(other)));
}
