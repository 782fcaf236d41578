// Nothing typed is lost: the server keeps the draft, and this device keeps it until the server has.
(() => {
  "use strict";
  const { answerwell } = window;
  const IDLE_MS = 2000;
  const PREFIX = "draft:";
  const store = {
    get: (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* No room or not allowed: the server has it. */ } },
    remove: (key) => { try { localStorage.removeItem(key); } catch { /* Then there was nothing. */ } },
    keys: () => { try { return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)); } catch { return []; } },
  };

  const written = (form) => [...form.elements].filter((field) => field.name && field.matches("textarea, select, input[type=text], input[type=email], input[type=search], input:not([type])") && !field.closest(".decoy"));
  const values = (form) => Object.fromEntries(written(form).map((field) => [field.name, field.value]));

  // A form that was sent and answered needs no copy; after a failure or a sign-out the copy stays.
  const clearSent = () => {
    const [navigation] = performance.getEntriesByType("navigation");
    const status = (navigation && navigation.responseStatus) || 200;
    const isSafe = (status < 400 || status === 409 || status === 422) && !document.querySelector('[autocomplete="current-password"]');
    for (const key of store.keys()) {
      const copy = store.get(key);
      if (!copy || (copy.sent && isSafe)) store.remove(key);
    }
  };

  const setUp = (form) => {
    if (form.dataset.draftReady) return;
    form.dataset.draftReady = "true";
    const key = PREFIX + form.dataset.draftKey;
    const line = form.dataset.draftStatus ? document.querySelector(form.dataset.draftStatus) : form.querySelector(".status-line:not([data-upload-status])");
    if (line) line.removeAttribute("data-status");
    const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const say = (text) => { if (line && text) line.textContent = text; };
    let timer = 0;
    let isChanged = false;
    let saving = 0;

    const keepHere = () => store.set(key, { values: values(form), at: Date.now() });
    const save = async (leaving = false) => {
      clearTimeout(timer);
      if (!isChanged) return;
      isChanged = false;
      const turn = ++saving;
      const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
      try {
        const answer = await answerwell.fragment(form.dataset.draftUrl, { method: "POST", body, keepalive: leaving && body.toString().length < 60000 });
        if (turn !== saving) return;
        if (!answer.ok) throw new Error(String(answer.status));
        if (!isChanged) store.remove(key);
        say(answerwell.put(form.dataset.saved || "", clock.format(new Date())));
      } catch {
        if (turn !== saving) return;
        isChanged = true;
        say(form.dataset.kept);
      }
    };

    const kept = store.get(key);
    if (kept && kept.values) {
      for (const field of written(form)) {
        const value = kept.values[field.name];
        if (typeof value === "string" && value !== field.value && field.type !== "hidden") {
          field.value = value;
          isChanged = true;
        }
      }
      if (isChanged) save();
    }
    form.addEventListener("input", (event) => {
      if (!written(form).includes(event.target)) return;
      isChanged = true;
      keepHere();
      clearTimeout(timer);
      timer = setTimeout(save, IDLE_MS);
    });
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      isChanged = false;
      saving += 1;
      store.set(key, { values: values(form), at: Date.now(), sent: true });
    });
    form.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.elt !== form) return;
      if (event.detail.successful) store.remove(key);
      else { isChanged = true; keepHere(); }
    });
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && form.isConnected) save(true); });
    addEventListener("online", () => { if (form.isConnected) save(); });
  };

  clearSent();
  answerwell.onContent((root) => answerwell.all(root, "form[data-draft-url]").forEach(setUp));
})();
