// Times in the reader's own zone.
(() => {
  "use strict";
  const { answerwell } = window;
  // English day first, as everywhere on the page.
  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const format = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const zone = format.resolvedOptions().timeZone;

  answerwell.onContent((root) => {
    for (const field of answerwell.all(root, 'input[name="time_zone"]')) field.value = zone || "";
    for (const time of answerwell.all(root, "time[data-localise]")) {
      const instant = new Date(time.dateTime);
      if (!Number.isNaN(instant.getTime())) time.textContent = format.format(instant);
      time.removeAttribute("data-localise");
    }
  });
})();
