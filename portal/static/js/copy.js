// Copies a reference or the address of a section, and says so where it was pressed.
(() => {
  "use strict";
  const { answerwell } = window;
  const SHOWN_MS = 4000;

  const say = (element, text) => {
    const old = element.parentElement.querySelector(":scope > .copied-note");
    if (old) old.remove();
    const note = document.createElement("span");
    note.className = "copied-note";
    note.setAttribute("aria-hidden", "true");
    note.textContent = text;
    element.classList.add("is-copied");
    element.after(note);
    answerwell.announce(text);
    setTimeout(() => { note.remove(); element.classList.remove("is-copied"); }, SHOWN_MS);
  };

  // Each section of an article gets a link to itself, in the words of the interface.
  const { copySection, icons } = document.getElementById("live").dataset;
  for (const heading of document.querySelectorAll(".article .prose > :is(h2, h3)[id]")) {
    if (heading.querySelector(".anchor")) continue;
    const link = document.createElement("a");
    link.className = "anchor";
    link.href = `#${heading.id}`;
    link.lang = document.documentElement.lang;
    link.setAttribute("aria-label", copySection);
    link.title = copySection;
    link.innerHTML = `<svg class="icon" width="18" height="18" aria-hidden="true"><use href="${icons}#link"></use></svg>`;
    heading.append(" ", link);
  }

  answerwell.onContent((root) => answerwell.all(root, "[data-copy]").forEach((button) => {
    if (navigator.clipboard) button.hidden = false;
  }));
  document.addEventListener("click", async (event) => {
    const element = event.target.closest("[data-copy], a.anchor");
    if (!element || !navigator.clipboard) return;
    const text = element.dataset.copy || element.getAttribute("href");
    const done = element.dataset.copyDone || document.getElementById("live").dataset.copied;
    try {
      await navigator.clipboard.writeText(text.startsWith("#") ? new URL(text, location.href).href : text);
      say(element, done);
    } catch {
      // The browser refused; a link still leads to its section.
    }
  });
})();
