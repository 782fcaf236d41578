// The pulse of live data: every 20 seconds, and only while somebody looks.
(() => {
  "use strict";
  const PERIOD_MS = 20000;
  setInterval(() => {
    if (document.visibilityState === "visible" && navigator.onLine) htmx.trigger(document.body, "tick");
  }, PERIOD_MS);
})();
