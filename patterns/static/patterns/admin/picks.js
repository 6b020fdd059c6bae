// Other entries are picked by name: the browser offers what fits as one types, and what fits only one becomes that one.
let asked, answered;
function complete(field) {
  const typed = field.value.trim().toLowerCase();
  const fits = (label) => label.startsWith(`[${typed}]`) || (typed.length > 2 && label.includes(typed));
  const offered = field.value === answered ? [...field.list.options] : [];
  const [one, other] = offered.filter(({ value }) => fits(value.toLowerCase()));
  if (one && !other) field.value = one.value;
  if (one && !other) field.dispatchEvent(new Event("input", { bubbles: true })); // it is kept as it is seen
}
addEventListener("change", ({ target }) => { if (target.list?.dataset.source) complete(target); });
addEventListener("input", async ({ target }) => {
  const offered = target.list, question = target.value;
  if (!offered?.dataset.source || [...offered.options].some((one) => one.value === question)) return;
  asked = question;
  const answer = await fetch(offered.dataset.source + new URLSearchParams({ q: question }));
  if (!answer.ok || question !== asked) return; // to the last question alone
  offered.replaceChildren(...(await answer.json()).entries.map((label) => new Option("", label)));
  answered = question;
  if (target !== document.activeElement) complete(target);
});
