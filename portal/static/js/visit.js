// One random token for this tab: it joins a search with the request that follows, and ends with the tab.
(() => {
  "use strict";
  const { answerwell } = window;
  const key = "visit";
  const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  let token;
  try {
    token = sessionStorage.getItem(key) || fresh();
    sessionStorage.setItem(key, token);
  } catch {
    token = fresh();
  }
  answerwell.visit = token;

  answerwell.onContent((root) => {
    for (const field of answerwell.all(root, 'input[name="visit"]')) {
      field.value = token;
      field.disabled = false;
    }
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.closest("[data-visit]")) event.detail.parameters.visit = token;
  });

  // An address that somebody shares must not carry it.
  const address = new URL(location.href);
  if (address.searchParams.has(key)) {
    address.searchParams.delete(key);
    history.replaceState(history.state, "", address);
  }
})();
