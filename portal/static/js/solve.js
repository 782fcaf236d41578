// The answer chosen in an email is sent when a person, not a mail scanner, is at the page.
(() => {
  "use strict";
  const { answerwell } = window;
  const SIGNS = ["pointerdown", "pointermove", "touchmove", "keydown", "wheel"];

  answerwell.onContent((root) => answerwell.all(root, "form[data-confirm-on-interaction]").forEach((form) => {
    const stop = () => SIGNS.forEach((kind) => removeEventListener(kind, confirm, true));
    const confirm = (event) => {
      if (!event.isTrusted) return;
      if (event.target.closest && event.target.closest("[data-confirm-ignore]")) return;
      stop();
      if (form.isConnected && !form.dataset.sending) form.requestSubmit();
    };
    SIGNS.forEach((kind) => addEventListener(kind, confirm, { capture: true, passive: true }));
    form.addEventListener("submit", stop);
  }));
})();
