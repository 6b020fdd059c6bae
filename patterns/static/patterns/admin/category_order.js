"use strict"; // The list of categories: rows are dragged to their places, and one submit saves them as they then stand.
const rows = document.querySelector("[data-order]");
let dragged;
for (const row of rows?.children ?? []) row.draggable = true;
rows?.addEventListener("dragstart", ({ target }) => { dragged = target.closest("tr"); });
rows?.addEventListener("dragover", (event) => {
  const over = event.target.closest("tr");
  if (!dragged) return;
  event.preventDefault();
  if (over === dragged) return;
  const { top, height } = over.getBoundingClientRect();
  over[event.clientY < top + height / 2 ? "before" : "after"](dragged);
  document.getElementById("order-said").textContent = "Not saved yet.";
});
rows?.addEventListener("drop", (event) => event.preventDefault());
rows?.addEventListener("dragend", () => { dragged = undefined; });
