// Tells the server which result was opened: what ends a search teaches it. Nothing waits for the answer.
(() => {
  "use strict";
  const { answerwell } = window;
  const tell = (event) => {
    const link = event.button < 2 && event.target.closest("a[data-article]");
    const list = link && link.closest("[data-openings]");
    if (!list) return;
    const { openings, query, offset } = list.dataset;
    const position = Number(offset) + [...list.querySelectorAll("a[data-article]")].indexOf(link) + 1;
    const body = new URLSearchParams({ visit: answerwell.visit, q: query, article: link.dataset.article, position });
    answerwell.fragment(openings, { method: "POST", body, keepalive: true }).catch(() => {});
  };
  document.addEventListener("click", tell);
  // With the middle button it opens in another tab.
  document.addEventListener("auxclick", tell);
})();
