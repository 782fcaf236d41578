// Forms: focus on what went wrong, never send twice, send when a choice is made.
(() => {
  "use strict";
  const { answerwell } = window;
  const GIVE_UP_MS = 20000;

  answerwell.onContent((root) => {
    const target = answerwell.all(root, "[data-autofocus]")[0];
    if (target) target.focus();
  });

  const calmDown = (form) => {
    delete form.dataset.sending;
    for (const button of form.querySelectorAll(".is-busy")) {
      button.classList.remove("is-busy");
      button.removeAttribute("aria-disabled");
      button.style.minInlineSize = "";
      if (button.dataset.label) button.querySelector("span").textContent = button.dataset.label;
    }
  };

  const markBusy = (button) => {
    const words = button.querySelector("span");
    // The width stays, so that nothing moves under the pointer.
    button.style.minInlineSize = `${button.getBoundingClientRect().width}px`;
    button.classList.add("is-busy");
    button.setAttribute("aria-disabled", "true");
    if (button.dataset.busy && words) {
      button.dataset.label = words.textContent;
      words.textContent = button.dataset.busy;
    }
  };

  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sending) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.sending = "true";
    // Later, so that the pressed button's own value still goes with the form.
    setTimeout(() => { if (event.submitter && event.submitter.matches(".button.primary, [data-busy]")) markBusy(event.submitter); });
    setTimeout(() => calmDown(form), GIVE_UP_MS);
  }, true);
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(calmDown));
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest("form");
    if (form) calmDown(form);
  });
  answerwell.calmDown = calmDown;

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
  });
})();
