"use strict"; // The preview beside the form of an entry: opening it shows it, and it follows what is typed.
const beside = document.querySelector(".preview-beside"), show = beside?.querySelector("button"), AFTER_MS = 1500;
let later, seenAt = 0;
show?.addEventListener("click", () => { // in a new frame each time: else the browser's way back led through all of them
  const old = beside.querySelector("iframe"), frame = old.cloneNode();
  seenAt = old.contentWindow?.scrollY || seenAt;
  frame.addEventListener("load", () => frame.contentWindow.scrollTo(0, seenAt));
  old.replaceWith(frame);
});
beside?.addEventListener("toggle", () => { if (beside.open) show.click(); });
document.getElementById("pattern_form")?.addEventListener("input", () => {
  clearTimeout(later);
  later = setTimeout(() => { if (beside?.open && beside.checkVisibility()) show.click(); }, AFTER_MS);
});
