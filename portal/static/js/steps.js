// A step follows what is typed: stops, the verdict and what is filed; characters left; numbers of people.
"use strict";
(function () {
  document.querySelectorAll("[data-check]").forEach((one) => { one.hidden = true; });
  document.querySelectorAll("form[data-live]").forEach(live);
  document.querySelectorAll("textarea[data-most]").forEach(count);
  document.querySelectorAll("form:has([data-when])").forEach(choose);

  // What the portal would say of this, without keeping it.
  function live(form) {
    const quiet = document.createElement("p");
    quiet.className = "visually-hidden";
    quiet.setAttribute("role", "status");
    form.append(quiet);
    let timer = null, asked = 0;
    const ask = () => {
      const mine = ++asked, body = new FormData(form);
      body.set("do", "check");
      body.delete("narrative");
      fetch(location.pathname + location.search, { method: "POST", body: body, headers: { "X-Part": "live" }, credentials: "same-origin" })
        .then((answer) => (answer.ok ? answer.text() : ""))
        .then((text) => { if (mine === asked && text) take(form, new DOMParser().parseFromString(text, "text/html"), quiet); })
        .catch(() => {});
    };
    form.addEventListener("input", (event) => {
      if (event.target.name === "narrative") return;
      clearTimeout(timer);
      timer = setTimeout(ask, ["radio", "checkbox"].includes(event.target.type) ? 150 : 700);
    });
  }
  function take(form, fresh, quiet) {
    for (const id of ["stop", "verdict", "said"]) {
      const old = document.getElementById(id), part = fresh.getElementById(id);
      if (!old || !part || old.textContent === part.textContent) continue;
      const opened = Array.from(old.querySelectorAll("details")).map((one) => one.open);
      old.replaceChildren(...part.childNodes);
      old.querySelectorAll("details").forEach((one, place) => { one.open = Boolean(opened[place]); });
      old.toggleAttribute("data-stopped", part.hasAttribute("data-stopped"));
      const head = old.querySelector(".fm-verdict-head, .fm-notice > div");
      if (head) quiet.textContent = head.textContent.trim().replace(/\s+/g, " ");
    }
    // Where nothing can be filed here there is nothing to go on to.
    const next = form.querySelector("[data-next]"), stop = document.getElementById("stop");
    if (next && stop && form.contains(stop)) next.hidden = stop.hasAttribute("data-stopped");
  }

  // How many characters are left, and whether a number in the words looks like a person's.
  function count(field) {
    const left = document.createElement("p"), quiet = document.createElement("p");
    const warning = field.form.querySelector("[data-part=personal]");
    left.className = "fm-hint fm-count-left";
    quiet.className = "visually-hidden";
    quiet.setAttribute("role", "status");
    field.after(left, quiet);
    let spoken = null;
    const look = () => {
      const rest = Number(field.dataset.most) - Array.from(field.value.trim()).length;
      left.textContent = (rest >= 0 ? field.dataset.left : field.dataset.over).replace("{count}", Math.abs(rest));
      left.classList.toggle("is-over", rest < 0);
      const hundred = Math.ceil(rest / 100);
      if (spoken !== null && hundred !== spoken && rest < 300) quiet.textContent = left.textContent;
      spoken = hundred;
      const words = looksPersonal(field.value) ? field.dataset.personal : "";
      if (warning && warning.textContent !== words) warning.textContent = words;
    };
    field.addEventListener("input", look);
    field.form.addEventListener("change", look);
    look();
  }
  // Full-width and Chinese figures, spaces and dashes count as what they are. Only a hint: nothing is blocked.
  function looksPersonal(text) {
    const figures = "〇零洞0一壹幺1二贰两2三叁3四肆4五伍5六陆6七柒拐7八捌8九玖勾9";
    const digit = {};
    let waiting = [];
    for (const sign of figures) { if (/\d/.test(sign)) { waiting.forEach((one) => { digit[one] = sign; }); waiting = []; } else waiting.push(sign); }
    const plain = Array.from(text.normalize("NFKC").replace(/\p{Cf}/gu, "")).map((sign) => digit[sign] || sign).join("")
      .replace(/(?<=\d)[\s\-—–.·]+(?=\d)/g, "");
    return /(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)/.test(plain) || /(?<!\d)0\d{2,3}[2-9]\d{6,7}(?!\d)/.test(plain) ||
      /(?<!\d)[1-9]\d{5}(?:19|20)\d{9}[\dXx](?![\dA-Za-z])/.test(plain);
  }

  // Only the questions of the chosen way of filing are shown.
  function choose(form) {
    const look = () => form.querySelectorAll("[data-when]").forEach((part) => {
      const chosen = form.querySelector("input[name=filed_as]:checked");
      part.hidden = !chosen || chosen.value !== part.dataset.when;
      part.open = !part.hidden;
    });
    form.addEventListener("change", look);
    look();
  }
})();
