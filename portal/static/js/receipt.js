// Copying and printing: buttons that need script are hidden until it runs; the text can be selected without.
"use strict";
(function () {
  function done(button) {
    const words = button.querySelector("span");
    const before = words.textContent;
    words.textContent = button.dataset.done;
    words.setAttribute("role", "status");
    setTimeout(function () { words.textContent = before; words.removeAttribute("role"); }, 4000);
  }
  function select(element) {
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }
  function copy(button, text, element) {
    if (!navigator.clipboard) { if (element) { select(element); } return; }
    navigator.clipboard.writeText(text).then(function () { done(button); }, function () { if (element) { select(element); } });
  }
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    const element = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener("click", function () { copy(button, element.textContent, element); });
  });
  document.querySelectorAll("[data-copy-text]").forEach(function (button) {
    if (!navigator.clipboard) { return; }
    button.hidden = false;
    button.addEventListener("click", function () { copy(button, button.dataset.copyText, null); });
  });
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
