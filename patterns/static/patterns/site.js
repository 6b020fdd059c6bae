/* What a page gains where scripts run. Every link and form works without it. */

"use strict";

const root = document.documentElement;
const CHOICES = ["auto", "light", "dark"];
const KEY = "theme"; // the admin keeps its own choice under the same name, in the same words
const MOST_COMPARED = 4;

/* The theme. This file is read before the page is drawn, so that the chosen theme is there from the start. */

function readTheme() {
  try {
    const kept = localStorage.getItem(KEY);
    return CHOICES.includes(kept) ? kept : "auto";
  } catch {
    return "auto"; // storage may be forbidden
  }
}

function keepTheme(choice) {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // then it lasts as long as the page
  }
}

function applyTheme(choice) {
  root.dataset.theme = choice;
}

function offerThemes(button) {
  const say = () => {
    button.textContent = `Theme: ${root.dataset.theme}`;
  };
  button.addEventListener("click", () => {
    applyTheme(CHOICES[(CHOICES.indexOf(root.dataset.theme) + 1) % CHOICES.length]);
    keepTheme(root.dataset.theme);
    say();
  });
  addEventListener("storage", (event) => {
    if (event.key === KEY) {
      applyTheme(readTheme());
      say();
    }
  });
  say();
}

/* "/" leads to the search field, of this page or of the list. */

function isTyping(target) {
  return target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
}

function focusSearch(event) {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target)) {
    event.preventDefault();
    const field = document.querySelector("input[type=search]");
    if (field) {
      field.focus();
      field.select();
    } else {
      document.querySelector(".to-search").click();
    }
  }
}

/* The contents mark the section that is being read. */

function followReading(links) {
  const byId = new Map([...links].map((link) => [link.hash.slice(1), link]));
  const seen = new Set();
  const watcher = new IntersectionObserver((entries) => {
    entries.forEach(({ target, isIntersecting }) => seen[isIntersecting ? "add" : "delete"](target));
    const [first] = [...sections].filter((section) => seen.has(section));
    byId.forEach((link) => link.removeAttribute("aria-current"));
    byId.get(first?.getAttribute("aria-labelledby"))?.setAttribute("aria-current", "true");
  }, { rootMargin: "-10% 0px -55% 0px" });
  const sections = document.querySelectorAll(".section");
  sections.forEach((section) => watcher.observe(section));
}

/* No more ticks than fit side by side. */

function limitTicks() {
  const boxes = [...document.querySelectorAll("input[type=checkbox][name=pattern]")];
  const isFull = boxes.filter((box) => box.checked).length >= MOST_COMPARED;
  boxes.forEach((box) => {
    box.disabled = isFull && !box.checked;
  });
}

/* A text that can be selected can also be copied, where the browser lets a page do so. */

function offerCopy(button) {
  const text = document.getElementById(button.dataset.copies);
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.value);
      button.textContent = "Copied";
    } catch {
      text.select(); // not allowed: the reader copies what is selected
      button.textContent = "Selected: copy it";
    }
  });
}

applyTheme(readTheme());
addEventListener("keydown", focusSearch);
addEventListener("change", limitTicks);
addEventListener("pageshow", limitTicks); // a page that is gone back to keeps its ticks
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("button.theme").forEach(offerThemes);
  document.querySelectorAll("button.copy").forEach(offerCopy);
  followReading(document.querySelectorAll(".contents a"));
});
