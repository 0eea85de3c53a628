/* What is filled in stays on this phone, in this tab, until the list is sent. The list works without this file. */
(() => {
  "use strict";
  const NAME = "list ";
  const forget = (kept) => Object.keys(sessionStorage)
    .filter((key) => key.startsWith(NAME) && key !== kept)
    .forEach((key) => sessionStorage.removeItem(key));
  try {
    if (document.querySelector("[data-draft=clear]")) forget();
    const form = document.querySelector("form[data-draft]");
    if (!form) return;
    // A start begins with the invitation: on a shared tablet nobody meets what another began.
    const start = form.elements.start || form.elements.code;
    const key = NAME + start.value.split(".")[0];
    const typed = () => [...new FormData(form)].filter(([name]) => !["start", "code", "taal"].includes(name));
    const keep = () => sessionStorage.setItem(key, JSON.stringify(typed()));
    forget(key);
    if (form.dataset.draft === "fresh") {
      for (const [name, value] of JSON.parse(sessionStorage.getItem(key) || "[]")) {
        for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
          if (field.tagName === "TEXTAREA" || field.type === "text") field.value = value;
          else if (field.value === value) field.checked = true;
        }
      }
    } else keep();
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
  } catch {
    // A phone that keeps nothing: the list can still be filled in and sent.
  }
})();
