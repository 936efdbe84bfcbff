// What is typed in a step stays on this device until the portal has it. Nothing is ever sent by itself;
// ID numbers and recovery phrases are not kept here.
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
  function remove(key) {
    try { localStorage.removeItem(key); } catch (error) { /* a browser that keeps nothing */ }
  }
  function keysOf(number) {
    const start = PREFIX + (number ? number + ":" : "");
    try { return Object.keys(localStorage).filter((key) => key.startsWith(start)); } catch (error) { return []; }
  }
  function forget(number) { keysOf(number).forEach(remove); }
  function clock(ms) {
    const when = new Date(ms), time = String(when.getHours()).padStart(2, "0") + ":" + String(when.getMinutes()).padStart(2, "0");
    return when.toDateString() === new Date().toDateString() ? time : when.toLocaleDateString(document.documentElement.lang) + " " + time;
  }
  function say(text) {
    const state = line && line.querySelector("[data-part=state]");
    if (state && state.textContent !== text) state.textContent = text;
    return state;
  }

  // The portal's own hidden fields and everything secret stay out of the device's memory.
  function fields() {
    return Array.from(form.elements).filter((field) =>
      field.name && !["hidden", "submit", "button", "file", "password"].includes(field.type) && !field.dataset.secret);
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

  function keepStep() {
    const number = line.dataset.draft, step = line.dataset.step, versions = JSON.parse(line.dataset.versions);
    const key = PREFIX + number + ":" + form.dataset.keep;
    const base = versions[step] || 0, before = JSON.stringify(typed());
    const kept = read(key);
    const isNews = kept && JSON.stringify(kept.typed) !== before && Date.now() - kept.at < LONGEST;
    if (document.getElementById("error-summary") === null) {
      // What was sent on and arrived is the portal's now; everything else is put back.
      if (isNews && !(kept.sent && kept.base !== base)) {
        putBack(kept.typed);
        offerToUndo(key, say(line.dataset.restored.replace("{time}", clock(kept.at))));
        form.dispatchEvent(new Event("input", { bubbles: true }));
        form.dispatchEvent(new Event("change", { bubbles: true }));
      } else if (kept) remove(key);
    }
    let waiting = null;
    const save = (isSent) => {
      clearTimeout(waiting);
      waiting = null;
      const now = typed();
      if (!isSent && JSON.stringify(now) === before) { remove(key); return; }
      const at = Date.now();
      if (write(key, { at: at, base: base, sent: isSent, typed: now }) && !isSent) say(line.dataset.saved.replace("{time}", clock(at)));
    };
    form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(save, 500, false); });
    window.addEventListener("pagehide", () => { if (waiting) save(false); });
    document.addEventListener("visibilitychange", () => { if (document.hidden && waiting) save(false); });
    form.addEventListener("submit", (event) => { save(true); refuseOffline(event); });
  }

  function offerToUndo(key, state) {
    const undo = document.createElement("button");
    undo.type = "button";
    undo.className = "btn btn-link";
    undo.textContent = line.dataset.undo;
    undo.addEventListener("click", () => { remove(key); form.reset(); location.reload(); });
    state.append(" ", undo);
  }

  function refuseOffline(event) {
    if (navigator.onLine !== false) return false;
    event.preventDefault();
    say(line.dataset.offline).scrollIntoView({ block: "center" });
    return true;
  }

  // What has arrived from the other steps of this draft is not kept twice.
  function tidy() {
    const versions = JSON.parse(line.dataset.versions);
    for (const key of keysOf(line.dataset.draft)) {
      const kept = read(key), step = key.slice(PREFIX.length).split(":")[1].split("-")[0];
      if (!kept || Date.now() - kept.at > LONGEST) remove(key);
      else if (step !== line.dataset.step && kept.sent && kept.base !== (versions[step] || 0)) remove(key);
    }
  }

  if (line) {
    // A step that was shown again with its errors is asked for anew when somebody reloads it or comes back to it.
    if (document.getElementById("error-summary")) history.replaceState(null, "");
    tidy();
    if (form) keepStep();
    window.addEventListener("offline", () => say(line.dataset.offline));
    window.addEventListener("online", () => say(line.dataset.online));
    if (navigator.onLine === false) say(line.dataset.offline);
    document.querySelectorAll("form[data-drop], form[data-send]").forEach((one) =>
      one.addEventListener("submit", (event) => { if (!refuseOffline(event)) forget(line.dataset.draft); }));
  }
  // On a shared phone: what was typed goes with the codes.
  document.querySelectorAll("form[data-forget]").forEach((one) => one.addEventListener("submit", () => forget("")));

  const list = document.querySelector("[data-device-drafts]");
  if (list) showDeviceDrafts(list);

  // What was typed here and not sent on, in drafts whose code is not at hand just now.
  function showDeviceDrafts(list) {
    const held = new Set(Array.from(document.querySelectorAll("[data-held]")).map((one) => one.dataset.held)), found = {};
    for (const key of keysOf("")) {
      const kept = read(key), number = key.slice(PREFIX.length).split(":")[0];
      if (!kept || Date.now() - kept.at > LONGEST) remove(key);
      else if (!held.has(number)) found[number] = Math.max(found[number] || 0, kept.at);
    }
    if (!Object.keys(found).length) return;
    const title = document.createElement("h2"), note = document.createElement("p"), rows = document.createElement("ul");
    title.className = "fm-panel-title";
    title.textContent = list.dataset.title;
    note.className = "fm-hint";
    note.textContent = list.dataset.note;
    rows.className = "fm-found";
    for (const number of Object.keys(found)) rows.append(rowOf(list, number, found[number]));
    list.className = "fm-panel fm-panel-quiet";
    list.append(title, note, rows);
    list.hidden = false;
  }
  function rowOf(list, number, at) {
    const row = document.createElement("li"), link = document.createElement("a"), button = document.createElement("button");
    link.href = "/complaints/drafts/" + encodeURIComponent(number);
    link.className = "fm-link-row";
    link.textContent = list.dataset.open.replace("{number}", number) + " (" + list.dataset.when.replace("{time}", clock(at)) + ")";
    button.type = "button";
    button.className = "btn btn-secondary";
    button.textContent = list.dataset.forget;
    button.addEventListener("click", () => { forget(number); row.remove(); if (!list.querySelector("li")) list.hidden = true; });
    row.append(link, button);
    return row;
  }
})();
