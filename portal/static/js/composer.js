// The composer: what a picker offers goes in at the caret, Ctrl or ⌘ with Enter sends.
(() => {
  "use strict";
  const { answerwell } = window;

  const insert = (field, text) => {
    field.focus();
    // Typing it, rather than setting the value, keeps the browser's own undo.
    if (!document.execCommand("insertText", false, text)) {
      field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
  };
  const visibleField = () => [...document.querySelectorAll("form[data-composer] textarea")].find((field) => field.offsetParent);

  document.addEventListener("click", (event) => {
    const source = event.target.closest("[data-insert]");
    if (source) {
      const field = document.getElementById(source.dataset.insertInto) || visibleField();
      const menu = source.closest("details[data-menu]");
      if (menu) menu.open = false;
      if (field) insert(field, source.dataset.insert);
    }
    const opener = event.target.closest("[data-composer-open]");
    if (opener) {
      event.preventDefault();
      answerwell.openComposer(opener.dataset.composerOpen);
    }
    if (event.target.closest("[data-composer-close]")) document.querySelector(".composer").classList.remove("is-open");
  });

  answerwell.openComposer = (tab) => {
    const composer = document.querySelector(".composer");
    if (!composer) return false;
    answerwell.selectTab(tab);
    if (matchMedia("(width < 60rem)").matches) composer.classList.add("is-open");
    const field = visibleField();
    if (field) field.focus();
    return Boolean(field);
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.querySelector(".composer.is-open")) {
      document.querySelector(".composer").classList.remove("is-open");
      return;
    }
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.altKey) return;
    const form = event.target.closest("form[data-composer]");
    if (!form) return;
    event.preventDefault();
    const submitter = (event.shiftKey && form.querySelector("[data-send-and-solve]")) || form.querySelector("[data-send]") || form.querySelector('button[type="submit"].primary');
    form.requestSubmit(submitter);
  });
})();
