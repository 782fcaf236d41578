// Articles that may answer the question, found while it is being written. Nothing else on the page moves.
(() => {
  "use strict";
  const { answerwell } = window;
  const IDLE_MS = 600;
  const isEnough = (text) => (answerwell.isCjk(text) ? text.replace(/\s/g, "").length >= 6 : text.trim().split(/\s+/).filter(Boolean).length >= 3);

  const setUp = (form) => {
    if (form.dataset.suggestReady) return;
    form.dataset.suggestReady = "true";
    let timer = 0;
    let asking = null;
    let asked = "";
    const text = () => ["subject", "message"].map((name) => (form.elements[name] || {}).value || "").join("\n");

    const ask = async () => {
      const now = text();
      if (now === asked || !isEnough(now)) return;
      asked = now;
      if (asking) asking.abort();
      const mine = (asking = new AbortController());
      const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
      try {
        const answer = await answerwell.fragment(form.dataset.suggestUrl, { method: "POST", body, signal: mine.signal });
        const html = answer.ok ? await answer.text() : "";
        const old = document.getElementById("suggested");
        if (mine !== asking || !html.trim() || !old) return;
        const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("suggested");
        // The reader is in the list, or it is the same list: leave it alone.
        if (!fresh || old.contains(document.activeElement) || old.querySelector(".suggested-item details[open]")) return;
        const titles = (root) => [...root.querySelectorAll(".suggested-title")].map((title) => title.textContent).join("\n");
        if (titles(fresh) === titles(old) && old.hidden === fresh.hidden) return;
        const [box, oldBox] = [fresh, old].map((root) => root.querySelector(".suggested-box"));
        // On a phone the list stays folded, so that nothing is pushed away.
        if (box) box.open = matchMedia("(width >= 60rem)").matches || Boolean(oldBox && oldBox.open);
        old.replaceWith(document.adoptNode(fresh));
        if (window.htmx) window.htmx.process(fresh);
        answerwell.contentAdded(fresh);
      } catch {
        // Suggestions are extra; the form works without them.
      }
    };
    const typed = (event) => {
      if (event.isComposing) return;
      clearTimeout(timer);
      timer = setTimeout(ask, IDLE_MS);
    };
    form.addEventListener("input", typed);
    form.addEventListener("compositionend", typed);
    if (isEnough(text()) && !document.querySelector("#suggested .suggested-item")) ask();
  };

  answerwell.onContent((root) => answerwell.all(root, "form[data-suggest-url]").forEach(setUp));
  // Tells the server once that a suggested article was opened.
  document.addEventListener("toggle", (event) => {
    const { openedUrl } = event.target.dataset || {};
    if (!openedUrl || !event.target.open) return;
    delete event.target.dataset.openedUrl;
    const body = new URLSearchParams({ visit: answerwell.visit });
    answerwell.fragment(openedUrl, { method: "POST", body, keepalive: true }).catch(() => {});
  }, true);
})();
