// Tabs: arrows move and show, as the ARIA practices describe. Without scripts the panels stay stacked sections.
(() => {
  "use strict";
  const { answerwell } = window;

  answerwell.selectTab = (id, focus = false) => {
    const tab = document.getElementById(`${id}-tab`);
    const set = tab && tab.closest("[data-tabs]");
    if (!set) return false;
    for (const other of set.querySelectorAll("[data-tab]")) {
      const isSelected = other === tab;
      other.setAttribute("aria-selected", String(isSelected));
      other.tabIndex = isSelected ? 0 : -1;
      document.getElementById(other.dataset.tab).hidden = !isSelected;
    }
    if (focus) tab.focus();
    return true;
  };

  const setUpTabs = (set) => {
    const list = set.querySelector("[data-tab-list]");
    const tabs = [...list.querySelectorAll("[data-tab]")].filter((tab) => document.getElementById(tab.dataset.tab));
    if (!tabs.length || set.classList.contains("is-ready")) return;
    list.setAttribute("role", "tablist");
    list.hidden = false;
    set.classList.add("is-ready");
    for (const tab of tabs) {
      const panel = document.getElementById(tab.dataset.tab);
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panel.id);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
    }
    const asked = tabs.find((tab) => `#${tab.dataset.tab}` === location.hash);
    const wrong = tabs.find((tab) => document.getElementById(tab.dataset.tab).querySelector(".has-error"));
    answerwell.selectTab((wrong || asked || tabs[0]).dataset.tab);
    list.addEventListener("click", (event) => {
      const tab = event.target.closest("[data-tab]");
      if (tab) answerwell.selectTab(tab.dataset.tab);
    });
    list.addEventListener("keydown", (event) => {
      const at = tabs.indexOf(document.activeElement);
      const forward = getComputedStyle(list).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
      const backward = forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
      const next = { [forward]: (at + 1) % tabs.length, [backward]: (at - 1 + tabs.length) % tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
      if (at < 0 || next === undefined) return;
      event.preventDefault();
      answerwell.selectTab(tabs[next].dataset.tab, true);
    });
  };
  answerwell.onContent((root) => answerwell.all(root, "[data-tabs]").forEach(setUpTabs));
})();
