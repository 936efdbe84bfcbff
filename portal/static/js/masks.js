// Rectangles drawn on a picture fill the rows of numbers that the form sends; without this script the rows are typed.
"use strict";
(function () {
  const box = document.querySelector("[data-masks]");
  const form = document.querySelector("[data-part=form]");
  if (!box || !form) return;

  const EDGES = ["left", "top", "right", "bottom"];
  const SMALLEST = 0.01;
  const body = form.querySelector("tbody");
  const rows = form.querySelector("[data-part=rows]");
  const said = form.querySelector("[data-part=said]");
  const template = body.querySelector("tr").cloneNode(true);
  let regions = [];
  let drawing = null;

  function within(value) { return Math.min(1, Math.max(0, value)); }
  function share(text) { return text.trim() === "" ? NaN : Number(text.replace("%", "")) / 100; }
  function place(event) {
    const frame = box.getBoundingClientRect();
    return { x: within((event.clientX - frame.left) / frame.width), y: within((event.clientY - frame.top) / frame.height) };
  }

  function read() {
    regions = [];
    for (const row of body.querySelectorAll("tr")) {
      const region = {};
      for (const edge of EDGES) region[edge] = share(row.querySelector("[name=" + edge + "]").value);
      if (EDGES.every((edge) => Number.isFinite(region[edge]))) regions.push(region);
    }
  }

  // The rows are what is sent; they always say what is drawn.
  function write() {
    body.replaceChildren();
    const shown = regions.concat([null]);
    shown.forEach((region, index) => {
      const row = template.cloneNode(true);
      row.querySelector("th").textContent = index + 1;
      for (const edge of EDGES) {
        const field = row.querySelector("[name=" + edge + "]");
        field.value = region ? (region[edge] * 100).toFixed(1) : "";
        field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+/, index + 1));
      }
      body.append(row);
    });
    said.textContent = said.dataset.words.replace("{count}", regions.length);
  }

  function lay(node, region) {
    node.style.left = region.left * 100 + "%";
    node.style.top = region.top * 100 + "%";
    node.style.width = (region.right - region.left) * 100 + "%";
    node.style.height = (region.bottom - region.top) * 100 + "%";
  }

  function draw(focused) {
    box.querySelectorAll(".fm-mask").forEach((node) => node.remove());
    regions.forEach((region, index) => {
      const node = document.createElement("button");
      node.type = "button";
      node.className = "fm-mask";
      node.setAttribute("aria-label", box.dataset.region.replace("{no}", index + 1));
      lay(node, region);
      node.addEventListener("keydown", (event) => onKey(event, region));
      node.addEventListener("pointerdown", (event) => beginMove(event, region, node));
      box.append(node);
      if (region === focused) node.focus();
    });
  }

  function changed(focused) { write(); draw(focused); }

  function shift(region, dx, dy) {
    const width = region.right - region.left, height = region.bottom - region.top;
    region.left = Math.min(1 - width, Math.max(0, region.left + dx));
    region.top = Math.min(1 - height, Math.max(0, region.top + dy));
    region.right = region.left + width;
    region.bottom = region.top + height;
  }
  function stretch(region, dx, dy) {
    region.right = Math.min(1, Math.max(region.left + SMALLEST, region.right + dx));
    region.bottom = Math.min(1, Math.max(region.top + SMALLEST, region.bottom + dy));
  }

  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  function onKey(event, region) {
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      regions = regions.filter((one) => one !== region);
      changed(regions[regions.length - 1]);
      if (!regions.length) form.querySelector("[data-part=add]").focus();
    } else if (STEPS[event.key]) {
      event.preventDefault();
      const step = event.altKey ? 0.002 : 0.01;
      const [dx, dy] = STEPS[event.key].map((sign) => sign * step);
      (event.shiftKey ? stretch : shift)(region, dx, dy);
      changed(region);
    }
  }

  function beginMove(event, region, node) {
    event.stopPropagation();
    let last = place(event);
    node.setPointerCapture(event.pointerId);
    node.onpointermove = (moved) => {
      const now = place(moved);
      shift(region, now.x - last.x, now.y - last.y);
      last = now;
      lay(node, region);
    };
    node.onpointerup = node.onpointercancel = () => { node.onpointermove = null; changed(region); };
  }

  box.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    const at = place(event);
    drawing = { from: at, region: { left: at.x, top: at.y, right: at.x, bottom: at.y }, node: document.createElement("span") };
    drawing.node.className = "fm-mask";
    box.append(drawing.node);
    box.setPointerCapture(event.pointerId);
  });
  box.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    const at = place(event), from = drawing.from;
    drawing.region = { left: Math.min(at.x, from.x), top: Math.min(at.y, from.y), right: Math.max(at.x, from.x), bottom: Math.max(at.y, from.y) };
    lay(drawing.node, drawing.region);
  });
  function end(event) {
    if (!drawing) return;
    const region = drawing.region;
    drawing.node.remove();
    drawing = null;
    const isLarge = region.right - region.left >= SMALLEST && region.bottom - region.top >= SMALLEST;
    if (event.type === "pointerup" && isLarge) { regions.push(region); changed(region); }
  }
  box.addEventListener("pointerup", end);
  box.addEventListener("pointercancel", end);

  form.querySelector("[data-part=add]").addEventListener("click", () => {
    const region = { left: 0.4, top: 0.4, right: 0.6, bottom: 0.6 };
    regions.push(region);
    changed(region);
  });
  form.querySelector("[data-part=clear]").addEventListener("click", () => { regions = []; changed(); });
  body.addEventListener("change", () => { read(); draw(); });

  document.querySelectorAll("[data-part=how], [data-part=tools]").forEach((node) => { node.hidden = false; });
  // Typing stays possible, folded away.
  const fold = document.createElement("details"), summary = document.createElement("summary");
  summary.textContent = form.querySelector("caption").textContent;
  rows.replaceWith(fold);
  fold.append(summary, rows);
  box.classList.add("is-drawing");
  read();
  draw();
})();
