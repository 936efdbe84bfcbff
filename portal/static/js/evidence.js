// Files go up as soon as they are chosen, one after the other, with progress; without script the forms do it.
"use strict";
(function () {
  const root = document.querySelector("[data-evidence]");
  if (!root || !window.FormData || !root.querySelector("[data-pick]")) return;
  const words = root.dataset;
  const STALLED_MS = 60000;
  const CHECKING_MS = 150000;
  const WAKE_MS = 15000;
  const queue = [];
  let sending = null;
  let waking = 0;

  const part = (name, inside) => (inside || root).querySelector("[data-part=" + name + "]");
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const say = (text) => { part("said").textContent = text; };
  const size = (bytes) => {
    const unit = bytes >= 1048576 ? [1048576, " MB"] : bytes >= 1024 ? [1024, " KB"] : [1, " B"];
    return Math.ceil(bytes * 10 / unit[0]) / 10 + unit[1];
  };
  function make(tag, className, text) {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text || "";
    return element;
  }

  function show(item, text, isFault) {
    item.words.textContent = text;
    item.row.classList.toggle("has-error", Boolean(isFault));
  }
  function buttons(item, names) {
    item.actions.replaceChildren(...names.map((name) => {
      const button = make("button", "btn btn-link", words[name]);
      button.type = "button";
      button.append(make("span", "visually-hidden", " " + item.file.name));
      button.addEventListener("click", () => ({ cancel: drop, dismiss: drop, retry: again })[name](item));
      return button;
    }));
  }

  function choose(form, files) {
    for (const file of files) add(form, file);
    next();
  }
  function add(form, file) {
    const slot = form.closest("[data-slot]");
    const item = { form, file, slot, state: "waiting", row: make("li", "fm-upload"), words: make("p", "fm-hint"),
      bar: make("progress", ""), actions: make("div", "fm-upload-actions") };
    item.bar.max = 100;
    item.bar.setAttribute("aria-label", fill(words.progress, { name: file.name }));
    item.row.append(make("p", "fm-file-name", file.name), item.bar, item.words, item.actions);
    part("uploads", slot).append(item.row);
    const fault = faultOf(file);
    if (fault) return refuse(item, fault);
    queue.push(item);
    wait(item);
  }
  function faultOf(file) {
    if (file.size > Number(words.mostBytes)) return fill(words.tooBig, { name: file.name, size: size(file.size) });
    const there = root.querySelectorAll("[data-file]").length + queue.length;
    return there >= Number(words.mostFiles) ? fill(words.noRoom, { name: file.name }) : "";
  }

  function next() {
    const item = !sending && queue.find((one) => one.state === "waiting");
    if (!item) return;
    if (navigator.onLine === false) return lose(item);
    sending = item;
    item.state = "sending";
    say(fill(words.progress, { name: item.file.name }));
    send(item);
  }
  function send(item) {
    const body = new FormData();
    for (const name of ["csrf_token", "slot"]) body.append(name, item.form.elements[name].value);
    body.append("file", item.file, item.file.name);
    const request = item.request = new XMLHttpRequest();
    const began = performance.now();
    const watch = (ms) => { clearTimeout(item.timer); item.timer = setTimeout(() => { request.abort(); lose(item); }, ms); };
    request.open("POST", item.form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => {
      watch(STALLED_MS);
      if (event.lengthComputable) progress(item, event.loaded / event.total, performance.now() - began);
    };
    request.upload.onload = () => {
      watch(CHECKING_MS);
      item.bar.removeAttribute("value");
      show(item, words.checking);
      // From here on the server may have it; taking it back is what "remove" is for.
      item.actions.replaceChildren();
    };
    request.onload = () => answered(item, request);
    request.onerror = () => lose(item);
    buttons(item, ["cancel"]);
    watch(STALLED_MS);
    request.send(body);
  }
  function progress(item, share, elapsedMs) {
    const percent = Math.floor(share * 100);
    item.bar.value = percent;
    const seconds = Math.ceil(elapsedMs / 1000 * (1 - share) / share);
    const left = elapsedMs < 1000 || percent >= 100 ? "" :
      seconds < 100 ? fill(words.seconds, { count: seconds }) : fill(words.minutes, { count: Math.ceil(seconds / 60) });
    show(item, [fill(words.sending, { percent: percent + "%" }), left].filter(Boolean).join(" · "));
  }

  function answered(item, request) {
    let answer = null;
    try { answer = JSON.parse(request.responseText); } catch (error) { /* an error page, or the sign-in */ }
    if (answer && answer.added) return arrived(item, answer);
    if (answer && answer.errors) return refuse(item, answer.errors.join(" "));
    if (request.status === 429) return hold(item, words.busy);
    if (request.status >= 500) return hold(item, words.broken);
    refuse(item, words.stale);
  }
  function arrived(item, answer) {
    for (const one of answer.added) {
      const old = root.querySelector('[data-file="' + one.number + '"]');
      if (old) old.outerHTML = one.row;
      else part("files", item.slot).insertAdjacentHTML("beforeend", one.row);
    }
    part("meter").outerHTML = answer.meter;
    marks();
    if (answer.errors.length) return refuse(item, answer.errors.join(" "));
    finish(item);
    item.row.remove();
    say(answer.said);
    next();
  }
  function finish(item) {
    clearTimeout(item.timer);
    if (queue.includes(item)) queue.splice(queue.indexOf(item), 1);
    if (sending === item) sending = null;
  }
  function refuse(item, text) {
    finish(item);
    item.state = "refused";
    item.bar.remove();
    show(item, text, true);
    buttons(item, ["dismiss"]);
    say(text);
    next();
  }
  // The file stays in the row. What was refused for the moment waits for its button; what was lost
  // goes on by itself when the connection is back.
  function hold(item, text, state) {
    clearTimeout(item.timer);
    if (sending === item) sending = null;
    item.state = state || "held";
    item.bar.value = 0;
    show(item, text, true);
    buttons(item, ["retry", "dismiss"]);
    say(text);
  }
  function lose(item) {
    hold(item, words.lost, "lost");
    clearTimeout(waking);
    waking = setTimeout(wake, WAKE_MS);
    next();
  }
  function wake() {
    if (navigator.onLine === false) return;
    for (const item of queue.filter((one) => one.state === "lost")) wait(item);
    next();
  }
  function wait(item) {
    item.state = "waiting";
    item.bar.value = 0;
    show(item, words.waiting);
    buttons(item, ["cancel"]);
  }
  function again(item) {
    wait(item);
    item.actions.firstChild.focus();
    next();
  }
  function drop(item) {
    const request = item.request;
    finish(item);
    if (request) request.abort();
    item.row.remove();
    say(fill(words.cancelled, { name: item.file.name }));
    item.form.querySelector("input[type=file]:not([capture])").focus();
    next();
  }

  function marks() {
    for (const slot of root.querySelectorAll("[data-slot]")) part("has", slot).hidden = !slot.querySelector("[data-file]");
  }
  function takeOff(form) {
    const row = form.closest("[data-file]");
    const slot = form.closest("[data-slot]");
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.onload = () => {
      let answer = null;
      try { answer = JSON.parse(request.responseText); } catch (error) { /* an error page */ }
      if (!answer || !answer.meter) return form.submit();
      row.remove();
      part("meter").outerHTML = answer.meter;
      marks();
      say(answer.said);
      slot.querySelector("input[type=file]:not([capture])").focus();
    };
    request.onerror = () => say(words.notRemoved);
    request.send(new FormData(form));
  }

  root.classList.add("is-scripted");
  if (navigator.maxTouchPoints > 0) root.classList.add("has-touch");
  root.addEventListener("change", (event) => {
    const form = event.target.closest("[data-pick]");
    if (!form || event.target.type !== "file") return;
    choose(form, Array.from(event.target.files));
    event.target.value = "";
  });
  root.addEventListener("submit", (event) => {
    if (event.target.matches("[data-remove]")) { event.preventDefault(); takeOff(event.target); }
  });
  window.addEventListener("online", wake);
  window.addEventListener("beforeunload", (event) => { if (queue.length) event.preventDefault(); });
})();
