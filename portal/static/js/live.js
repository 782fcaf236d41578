// What every script shares: reading out, running for new content, and saying when something went wrong.
(() => {
  "use strict";
  const live = document.getElementById("live");
  const alertBox = document.getElementById("alert");
  const answerwell = (window.answerwell = {});
  let timer = 0;

  // Filled half a second late so that a screen reader has finished with the key press that caused it.
  answerwell.announce = (text) => {
    text = text.replace(/\s+/g, " ").trim();
    if (!live || !text) return;
    clearTimeout(timer);
    live.textContent = "";
    timer = setTimeout(() => { live.textContent = text; }, 500);
  };

  answerwell.alert = (text) => {
    if (alertBox && alertBox.textContent !== text) alertBox.textContent = text;
  };

  // Runs now and for everything that htmx or a script brings in later.
  const setups = [];
  answerwell.onContent = (setup) => {
    setups.push(setup);
    setup(document.body);
  };
  answerwell.contentAdded = (root) => setups.forEach((setup) => setup(root));
  answerwell.all = (root, selector) => [...(root.matches(selector) ? [root] : []), ...root.querySelectorAll(selector)];
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt !== document.body) answerwell.contentAdded(event.detail.elt);
  });

  answerwell.fragment = (url, options = {}) =>
    fetch(url, { credentials: "same-origin", ...options, headers: { "HX-Request": "true", ...options.headers } });
  answerwell.put = (text, ...values) => text.replace(/\{\w+\}/g, (name) => (values.length ? values.shift() : name));
  answerwell.isCjk = (text) => /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]/.test(text);

  const mirrored = "[data-status], [data-announce]";
  new MutationObserver((changes) => {
    for (const change of changes) {
      const owner = change.target.nodeType === 1 ? change.target : change.target.parentElement;
      const line = owner && owner.closest("[data-status]");
      const added = [...change.addedNodes].filter((node) => node.nodeType === 1);
      const news = line ? [line] : added.flatMap((node) => answerwell.all(node, mirrored));
      for (const element of news) answerwell.announce(element.dataset.announce || element.textContent);
    }
  }).observe(document.body, { childList: true, characterData: true, subtree: true });

  addEventListener("offline", () => answerwell.alert(live.dataset.offline));
  addEventListener("online", () => answerwell.alert(""));
  answerwell.failed = (status) => {
    if (!navigator.onLine) answerwell.alert(live.dataset.offline);
    else answerwell.alert(status === 401 ? live.dataset.signedOut : live.dataset.failed);
  };
  document.addEventListener("htmx:responseError", (event) => answerwell.failed(event.detail.xhr.status));
  document.addEventListener("htmx:sendError", () => answerwell.failed(0));
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.successful) answerwell.alert("");
  });
})();
