// Single keys for agents. Off in fields, with modifiers, while composing, and by the switch in the account.
(() => {
  "use strict";
  const { answerwell } = window;
  const root = document.documentElement;
  const SEQUENCE_MS = 1200;
  const byKey = { "?": "Help", "/": "Slash", "[": "BracketLeft", "]": "BracketRight" };
  const isTyping = (element) => element.isContentEditable || element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [role=combobox], iframe");
  let pending = "";
  let timer = 0;

  // Latin letters by what is printed on them; other scripts by where the key is.
  const nameOf = (event) => {
    if (byKey[event.key]) return byKey[event.key];
    if (/^[a-z]$/i.test(event.key)) return `Key${event.key.toUpperCase()}`;
    if (/^[\x20-\x7e]$/.test(event.key)) return "";
    return event.key.length === 1 ? event.code : event.key;
  };

  const builtIn = {
    KeyJ: () => answerwell.rows.move(1),
    KeyK: () => answerwell.rows.move(-1),
    KeyO: () => answerwell.rows.open(),
    KeyX: () => answerwell.rows.select(),
    KeyR: () => answerwell.openComposer("reply"),
    KeyN: () => answerwell.openComposer("note"),
    Help: () => { document.getElementById("shortcuts")?.showModal(); return true; },
  };

  const trigger = (name) => {
    const target = [...document.querySelectorAll(`[data-shortcut="${CSS.escape(name)}"]`)].find((element) => element.offsetParent);
    if (!target) return false;
    const menu = target.closest("details[data-menu]:not([open])");
    if (menu && target.tagName !== "SUMMARY") menu.open = true;
    if (target.matches("input, textarea, select")) {
      target.focus();
      if (target.select) target.select();
    } else {
      target.focus();
      target.click();
    }
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (root.dataset.shortcuts !== "on" || event.defaultPrevented || event.isComposing || event.repeat && pending) return;
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const name = nameOf(event);
    if (!name) return;
    clearTimeout(timer);
    if (name === "KeyG" && !pending) {
      pending = "KeyG ";
      timer = setTimeout(() => { pending = ""; }, SEQUENCE_MS);
      return;
    }
    const full = pending + name;
    pending = "";
    if (trigger(full) || (builtIn[full] && builtIn[full]())) event.preventDefault();
  });
})();
