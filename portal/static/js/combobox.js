// Suggestions while typing: a combobox with manual selection. The field stays what it is, a search field in a form.
(() => {
  "use strict";
  const { answerwell } = window;
  const IDLE_MS = 200;

  const setUp = (form) => {
    const input = form.querySelector('[role="combobox"]');
    const list = input && document.getElementById(input.getAttribute("aria-controls"));
    if (!list || form.dataset.ready) return;
    form.dataset.ready = "true";
    let timer = 0;
    let asking = null;
    let active = -1;
    let asked = "";

    const options = () => [...list.querySelectorAll('[role="option"]')];
    const isOpen = () => !list.hidden;
    const activate = (index) => {
      const all = options();
      active = index;
      all.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
      if (all[index]) {
        input.setAttribute("aria-activedescendant", all[index].id);
        all[index].scrollIntoView({ block: "nearest" });
      } else input.removeAttribute("aria-activedescendant");
    };
    const show = (open) => {
      list.hidden = !open;
      input.setAttribute("aria-expanded", String(open));
      if (!open) activate(-1);
    };
    const forget = () => {
      clearTimeout(timer);
      if (asking) asking.abort();
      asking = null;
    };

    const ask = async () => {
      const query = input.value.trim();
      forget();
      if (query.length < (answerwell.isCjk(query) ? 1 : 2)) {
        asked = "";
        list.replaceChildren();
        return show(false);
      }
      if (query === asked) return show(list.childElementCount > 0);
      const mine = (asking = new AbortController());
      const url = new URL(form.dataset.url, location.href);
      for (const field of new FormData(form)) url.searchParams.set(...field);
      url.searchParams.set("q", query);
      try {
        const answer = await answerwell.fragment(url, { signal: mine.signal });
        const html = answer.ok ? await answer.text() : "";
        // A late answer to an earlier question is dropped.
        if (mine !== asking || document.activeElement !== input) return;
        asked = query;
        list.innerHTML = html;
        activate(-1);
        show(options().length > 0);
      } catch {
        if (mine === asking) show(false);
      }
    };

    const typed = (event) => {
      if (event.isComposing) return;
      clearTimeout(timer);
      timer = setTimeout(ask, IDLE_MS);
    };
    input.addEventListener("input", typed);
    input.addEventListener("compositionend", typed);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229) return;
      const count = options().length;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (!count) return;
        event.preventDefault();
        if (!isOpen()) return show(true);
        const step = event.key === "ArrowDown" ? 1 : -1;
        activate(active < 0 ? (step > 0 ? 0 : count - 1) : (active + step + count) % count);
      } else if (event.key === "Enter" && isOpen() && active >= 0) {
        event.preventDefault();
        options()[active].click();
      } else if (event.key === "Escape") {
        event.preventDefault();
        if (isOpen()) show(false);
        else input.value = "";
      } else if (event.key === "Tab") show(false);
    });
    // The field keeps the focus while the pointer is in the list.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    input.addEventListener("blur", () => { forget(); show(false); });
    form.addEventListener("submit", () => { forget(); show(false); });
  };

  answerwell.onContent((root) => answerwell.all(root, "form[data-combobox]").forEach(setUp));
})();
