// What is typed in a step is kept on this device until the step is sent on; nothing is sent by itself.
"use strict";
(function () {
  const PREFIX = "fm-draft:";
  const LONGEST = 14 * 24 * 3600 * 1000;
  const line = document.getElementById("draft");
  const form = document.querySelector("form[data-keep]");

  function read(key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch (error) { return null; }
  }
  function write(key, value) {
    try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch (error) { return false; }
  }
  function clock(ms) {
    const when = new Date(ms);
    return String(when.getHours()).padStart(2, "0") + ":" + String(when.getMinutes()).padStart(2, "0");
  }
  function keysOf(number) {
    const start = PREFIX + number + ":";
    return Object.keys(localStorage).filter((key) => key.startsWith(start));
  }
  function forget(number) { keysOf(number).forEach((key) => localStorage.removeItem(key)); }

  // ID numbers and phrases stay out of the device's memory, as do the portal's own hidden fields.
  function fields() {
    return Array.from(form.elements).filter((field) =>
      field.name && field.type !== "hidden" && field.type !== "submit" && field.type !== "file" && !field.dataset.secret);
  }
  function typed() {
    const kept = {};
    for (const field of fields()) {
      if (field.type === "radio") { if (field.checked) kept[field.name] = field.value; }
      else if (field.type === "checkbox") { (kept[field.name] = kept[field.name] || []).push([field.value, field.checked]); }
      else kept[field.name] = field.value;
    }
    return kept;
  }
  function putBack(kept) {
    for (const field of fields()) {
      const value = kept[field.name];
      if (value === undefined) continue;
      if (field.type === "radio") field.checked = field.value === value;
      else if (field.type === "checkbox") { const found = value.find((one) => one[0] === field.value); if (found) field.checked = found[1]; }
      else field.value = value;
    }
  }
  function say(text) {
    const state = line && line.querySelector("[data-part=state]");
    if (state) state.textContent = text;
  }

  if (line && form) {
    const key = PREFIX + line.dataset.draft + ":" + line.dataset.step;
    const hasErrors = document.getElementById("error-summary") !== null;
    const kept = read(key);
    if (kept && !hasErrors && kept.at / 1000 > Number(line.dataset.kept) && Date.now() - kept.at < LONGEST) {
      putBack(kept.typed);
      say(line.dataset.restored.replace("{time}", clock(kept.at)));
      form.dispatchEvent(new Event("change"));
    }
    let waiting = null;
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        const at = Date.now();
        if (write(key, { at: at, typed: typed() })) say(line.dataset.saved.replace("{time}", clock(at)));
      }, 600);
    });
    form.addEventListener("submit", (event) => {
      write(key, { at: Date.now(), typed: typed() });
      if (navigator.onLine === false) { event.preventDefault(); say(line.dataset.offline); }
    });
  }
  if (line) {
    document.querySelectorAll("form[data-drop], form[data-send]").forEach((one) =>
      one.addEventListener("submit", (event) => {
        if (navigator.onLine === false) { event.preventDefault(); say(line.dataset.offline); return; }
        forget(line.dataset.draft);
      }));
  }

  // The drafts begun on this device, also those whose code is no longer at hand.
  const list = document.querySelector("[data-device-drafts]");
  if (list) {
    const found = {};
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(PREFIX)) continue;
      const kept = read(key), number = key.slice(PREFIX.length).split(":")[0];
      if (!kept || Date.now() - kept.at > LONGEST) localStorage.removeItem(key);
      else found[number] = Math.max(found[number] || 0, kept.at);
    }
    const shown = new Set(Array.from(document.querySelectorAll(".fm-ways a")).map((one) => one.getAttribute("href").split("/")[3]));
    const numbers = Object.keys(found).filter((number) => !shown.has(number));
    if (numbers.length) {
      const title = document.createElement("h2");
      title.className = "fm-panel-title";
      title.textContent = list.dataset.title;
      const rows = document.createElement("ul");
      rows.className = "fm-found";
      for (const number of numbers) {
        const row = document.createElement("li"), link = document.createElement("a"), button = document.createElement("button");
        link.href = "/complaints/drafts/" + encodeURIComponent(number) + "/where";
        link.textContent = list.dataset.open + " " + number + " (" + list.dataset.when.replace("{time}", clock(found[number])) + ")";
        button.type = "button";
        button.className = "btn btn-secondary";
        button.textContent = list.dataset.forget;
        button.addEventListener("click", () => { forget(number); row.remove(); });
        row.append(link, button);
        rows.append(row);
      }
      list.className = "fm-panel fm-panel-quiet";
      list.append(title, rows);
      list.hidden = false;
    }
  }

  if (!form) return;

  // The kind decides which fields there are.
  const show = form.querySelector("[data-show]");
  if (show) {
    show.closest(".fm-actions").hidden = true;
    form.addEventListener("change", (event) => {
      if (event.target.name === "kind") form.requestSubmit(show);
    });
  }

  // The verdict follows what is typed.
  const check = form.querySelector("[data-check]"), area = document.getElementById("verdict");
  if (check && area) {
    let timer = null, asked = 0;
    const ask = () => {
      const mine = ++asked, body = new FormData(form);
      body.set("do", "check");
      fetch(location.href, { method: "POST", body: body, headers: { "X-Part": "verdict" }, credentials: "same-origin" })
        .then((answer) => (answer.ok ? answer.text() : ""))
        .then((text) => {
          if (mine !== asked || !text) return;
          const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("verdict");
          if (fresh) document.getElementById("verdict").replaceChildren(...fresh.childNodes);
        })
        .catch(() => {});
    };
    form.addEventListener("input", (event) => {
      if (event.target.name === "narrative") return;
      clearTimeout(timer);
      timer = setTimeout(ask, 700);
    });
  }

  // How many characters are left, and whether a number in the words looks like a person's.
  form.querySelectorAll("textarea[data-most]").forEach((field) => {
    const most = Number(field.dataset.most);
    const left = document.createElement("p"), warning = document.createElement("p");
    left.className = "fm-hint";
    warning.className = "fm-personal";
    warning.setAttribute("role", "status");
    field.after(left, warning);
    let spoken = null;
    const quiet = document.createElement("p");
    quiet.className = "visually-hidden";
    quiet.setAttribute("aria-live", "polite");
    left.after(quiet);
    const look = () => {
      const length = Array.from(field.value.trim()).length;
      const rest = most - length;
      left.textContent = (rest >= 0 ? field.dataset.left : field.dataset.over).replace("{count}", Math.abs(rest));
      const step = Math.floor(rest / 100);
      if (spoken !== null && step !== spoken && rest < 300) quiet.textContent = left.textContent;
      spoken = step;
      const found = looksPersonal(field.value);
      if (found && !warning.textContent) warning.textContent = field.dataset.personal;
      if (!found) warning.textContent = "";
    };
    field.addEventListener("input", look);
    look();
  });

  // Full-width digits, spaces and dashes count as what they are. Only a hint: nothing is ever blocked.
  function looksPersonal(text) {
    const plain = text.normalize("NFKC").replace(/[零〇]/g, "0").replace(/[一幺壹]/g, "1").replace(/[二两贰]/g, "2")
      .replace(/[三叁]/g, "3").replace(/[四肆]/g, "4").replace(/[五伍]/g, "5").replace(/[六陆]/g, "6")
      .replace(/[七柒]/g, "7").replace(/[八捌]/g, "8").replace(/[九玖]/g, "9").replace(/(?<=\d)[\s\-—–.,，·]+(?=\d)/g, "");
    return /(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)/.test(plain) || /(?<!\d)[1-9]\d{5}(?:19|20)\d{9}[\dXx](?![\dA-Za-z])/.test(plain) ||
      /(?<!\d)0\d{2,3}[2-9]\d{6,7}(?!\d)/.test(plain);
  }
})();
