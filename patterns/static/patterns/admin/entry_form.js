"use strict"; // The form of an entry: it counts words and keeps what is typed; leaving asks about what is not kept.
addEventListener("input", ({ target }) => {
  const said = document.querySelector(`[data-counts="${target.id}"]`);
  if (!said) return;
  const count = target.value.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
  said.textContent = count;
  said.classList.toggle("outside", count < said.dataset.least || count > (said.dataset.most || Infinity));
});
// What is typed is kept a moment after the last key, every few seconds while somebody types, and when the page is left.
const PAUSE_MS = 1500, LONGEST_MS = 3000, AGAIN_MS = 3000;
let unkept = 0, since = 0, timer, sent; // when something was typed last, and first, that is not kept
const keeps = document.querySelector("[data-keeps]"), form = keeps?.form;
const cookie = () => document.cookie.match(/(?:^|; )(?:__(?:Host|Secure)-)?csrftoken=([^;]+)/)?.[1]; // signing in again makes another one
async function keep() {
  const typedAt = unkept, status = form.querySelector(".kept");
  clearTimeout(timer);
  if (!typedAt || (sent && !document.hidden)) return;
  const body = new URLSearchParams(new FormData(form)), headers = { Accept: "application/json" };
  body.set("sent_at", since = Date.now()); // what is typed from now on waits, however long the answer takes
  body.set("csrfmiddlewaretoken", cookie() ?? ""); // Django reads no header where the form has one
  try {
    // What outlives its page may hold 64 KiB; more is kept if the page stays, and leaving asks until it is.
    sent = fetch(keeps.formAction, { method: "POST", body, headers, keepalive: document.hidden && `${body}`.length < 6e4 });
    const answer = await sent.finally(() => { sent = undefined; });
    // 409: it is kept beside what another tab says.
    if ((answer.ok || answer.status === 409) && unkept === typedAt) unkept = since = 0;
    const isOurs = answer.headers.get("Content-Type")?.includes("json");
    status.textContent = isOurs ? (await answer.json()).said : "Not kept: sign in again in another tab, and this goes on by itself.";
  } catch {
    status.textContent = "Not kept: the site does not answer. It is tried again.";
  }
  if (unkept) timer = setTimeout(keep, AGAIN_MS);
}
if (keeps) {
  // What was refused is not saved either, nor what was typed before this script was there.
  const isTyped = [...form.querySelectorAll("textarea, [type=text], [type=url]")].some((one) => one.value !== one.defaultValue);
  if (isTyped || form.querySelector(".errornote")) { unkept = since = Date.now(); keep(); }
  form.addEventListener("input", () => {
    clearTimeout(timer);
    unkept = Date.now();
    since ||= unkept;
    timer = setTimeout(keep, Math.min(PAUSE_MS, since + LONGEST_MS - unkept));
  });
  form.addEventListener("submit", (event) => {
    if (sent) { // what came after the text that is saved would be taken for newer
      const goOn = () => { sent = undefined; form.requestSubmit(event.submitter); };
      event.preventDefault();
      return void Promise.race([sent, new Promise((done) => setTimeout(done, LONGEST_MS))]).then(goOn, goOn);
    }
    form.elements.csrfmiddlewaretoken.value = cookie() ?? form.elements.csrfmiddlewaretoken.value;
    if (!event.submitter?.formTarget) { unkept = 0; clearTimeout(timer); }
  });
  addEventListener("visibilitychange", () => { if (document.hidden) keep(); }); // before it is left, too
  addEventListener("beforeunload", (event) => { if (unkept) event.preventDefault(); });
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "s") return;
    event.preventDefault();
    unkept ||= Date.now();
    keep();
  });
}
