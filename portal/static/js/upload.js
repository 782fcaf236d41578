// Files go up as soon as they are chosen or dropped, each with its own bar.
(() => {
  "use strict";
  const { answerwell } = window;

  const setUp = (zone) => {
    const input = zone.querySelector('input[type="file"]');
    const url = zone.dataset.uploadUrl;
    if (!url || !input || zone.dataset.ready) return;
    zone.dataset.ready = "true";
    const form = input.form;
    const drop = zone.querySelector(".drop-zone");
    const status = zone.querySelector("[data-upload-status]");
    const list = () => document.getElementById(zone.dataset.uploadList) || form.querySelector(".file-list");
    const attached = () => (list() ? list().querySelectorAll(".file:not(.is-failed)").length : 0);
    zone.querySelector(".drop-zone-text").hidden = !matchMedia("(pointer: fine)").matches;

    const say = (text, isWrong = false) => {
      status.textContent = text;
      status.classList.toggle("danger", isWrong);
      answerwell.announce(text);
    };
    const row = (file) => {
      const element = document.createElement("li");
      element.className = "file";
      const name = document.createElement("bdi");
      name.className = "file-name";
      name.textContent = file.name;
      const bar = document.createElement("progress");
      bar.max = 100;
      bar.setAttribute("aria-label", file.name);
      const state = document.createElement("span");
      state.className = "file-state";
      element.append(name, bar, state);
      return { element, bar, state };
    };

    const send = (file) => new Promise((resolve) => {
      const { element, bar, state } = row(file);
      if (list()) list().append(element);
      const body = new FormData();
      for (const field of form.querySelectorAll('input[type="hidden"]')) if (field.name && !field.disabled) body.append(field.name, field.value);
      body.append(input.name, file);
      const request = new XMLHttpRequest();
      const fail = (text) => {
        element.classList.add("is-failed");
        bar.remove();
        state.textContent = text;
        say(text, true);
        resolve();
      };
      request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        bar.value = (100 * event.loaded) / event.total;
        state.textContent = `${Math.round(bar.value)}%`;
      });
      request.addEventListener("load", () => {
        const type = request.getResponseHeader("Content-Type") || "";
        if (request.status >= 200 && request.status < 300) {
          const fresh = new DOMParser().parseFromString(request.responseText, "text/html").querySelector(".file-list");
          if (fresh && list()) list().replaceWith(document.adoptNode(fresh));
          else element.remove();
          say(answerwell.put(zone.dataset.uploaded, file.name));
          resolve();
        } else fail(type.startsWith("text/plain") && request.responseText ? request.responseText : answerwell.put(zone.dataset.failed, file.name));
      });
      request.addEventListener("error", () => fail(answerwell.put(zone.dataset.failed, file.name)));
      request.open("POST", url);
      request.setRequestHeader("HX-Request", "true");
      say(answerwell.put(zone.dataset.uploading, file.name));
      request.send(body);
    });

    const take = async (files) => {
      for (const file of files) {
        if (zone.dataset.maxFiles && attached() >= Number(zone.dataset.maxFiles)) return say(zone.dataset.tooMany, true);
        if (zone.dataset.maxBytes && file.size > Number(zone.dataset.maxBytes)) say(answerwell.put(zone.dataset.tooLarge, file.name), true);
        else await send(file);
      }
    };
    input.addEventListener("change", () => {
      const files = [...input.files];
      input.value = "";
      take(files);
    });
    for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("is-over"); });
    for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("is-over"));
    drop.addEventListener("drop", (event) => { event.preventDefault(); take([...event.dataTransfer.files]); });
  };

  answerwell.onContent((root) => answerwell.all(root, "[data-upload]").forEach(setUp));
})();
