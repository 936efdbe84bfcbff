// Reads the code on a merchant's sign from a photo, on this device; offered only where the browser can.
"use strict";
(function () {
  const form = document.querySelector("form[data-scan]");
  if (!form || !("BarcodeDetector" in window)) return;
  const picker = form.querySelector("[data-camera]"), input = picker.querySelector("input"), said = picker.querySelector("[data-part=said]");
  picker.hidden = false;
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file) return;
    said.textContent = form.dataset.looking;
    try {
      const codes = await new BarcodeDetector().detect(await createImageBitmap(file));
      if (codes.length) {
        said.textContent = "";
        form.elements.code.value = codes[0].rawValue.slice(0, 200);
        form.requestSubmit();
        return;
      }
    } catch (error) { /* no picture, or nothing in it that can be read */ }
    input.value = "";
    said.textContent = form.dataset.none;
  });
})();
