// The queue: which row is meant, and how many are ticked.
(() => {
  "use strict";
  const { answerwell } = window;
  const rows = () => [...document.querySelectorAll("tr[data-href]")].filter((row) => row.offsetParent);
  let active = null;

  answerwell.rows = {
    move(step) {
      const all = rows();
      if (!all.length) return false;
      const at = all.findIndex((row) => row.classList.contains("is-active"));
      const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
      if (active) active.classList.remove("is-active");
      active = next;
      active.classList.add("is-active");
      const link = active.querySelector("th a, a");
      if (link) link.focus();
      return true;
    },
    open() {
      const row = rows().find((one) => one.classList.contains("is-active"));
      if (row) location.assign(row.dataset.href);
      return Boolean(row);
    },
    select() {
      const box = rows().find((one) => one.classList.contains("is-active"))?.querySelector('input[type="checkbox"]');
      if (box) box.click();
      return Boolean(box);
    },
  };

  const count = (form) => {
    const boxes = [...form.querySelectorAll('tbody input[type="checkbox"]')];
    const number = boxes.filter((box) => box.checked).length;
    const line = form.querySelector("[data-bulk-count]");
    const all = form.querySelector("[data-select-all]");
    if (line) {
      const category = new Intl.PluralRules(document.documentElement.lang).select(number);
      line.textContent = answerwell.put(line.dataset[category] || line.dataset.other, number);
    }
    if (all) {
      all.checked = number > 0 && number === boxes.length;
      all.indeterminate = number > 0 && number < boxes.length;
    }
  };
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-queue]");
    if (!form) return;
    if (event.target.matches("[data-select-all]")) {
      for (const box of form.querySelectorAll('tbody input[type="checkbox"]')) box.checked = event.target.checked;
    }
    count(form);
  });
  document.addEventListener("click", (event) => {
    const clear = event.target.closest("[data-select-none]");
    const form = clear && clear.closest("form[data-queue]");
    if (!form) return;
    for (const box of form.querySelectorAll('tbody input[type="checkbox"]')) box.checked = false;
    count(form);
  });
  answerwell.onContent((root) => answerwell.all(root, "form[data-queue]").forEach(count));
})();
