// What every live page does: keep the stream, swap only what changed, lose no typed text, tick the clocks.
"use strict";

(() => {
  // The server's time: what it said last, plus what has passed since by the monotonic clock. The clock of the visitor's
  // machine may be wrong by hours and is never asked.
  let said = null;
  const now = () => (said === null ? null : said.at + (performance.now() - said.when) / 1000);
  const hear = (at) => { said = { at, when: performance.now() }; tick(); };

  const two = (n) => String(n).padStart(2, "0");
  const span = (seconds) => {
    const s = Math.floor(Math.abs(seconds));
    const [hours, minutes, rest] = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
    return (seconds <= -1 ? "−" : "") + (hours ? `${hours}:${two(minutes)}` : two(minutes)) + `:${two(rest)}`;
  };

  // <time data-since="AT" [data-until="AT"]> counts up, <time data-before="AT"> down to nothing.
  function tick() {
    const at = now();
    if (at === null) return;
    for (const e of document.querySelectorAll("[data-since]")) {
      const text = span(Math.max(0, Number(e.dataset.until || at) - Number(e.dataset.since)));
      if (e.textContent !== text) e.textContent = text;
    }
    for (const e of document.querySelectorAll("[data-before]")) {
      const text = span(Math.max(0, Number(e.dataset.before) - at));
      if (e.textContent !== text) e.textContent = text;
    }
    document.dispatchEvent(new CustomEvent("firedrill:tick", { detail: { at } }));
  }
  setInterval(tick, 250);

  // Text that somebody typed, and a choice not yet sent, outlive the swap of the part that they stand in.
  const kept = new Map();
  function keep(part) {
    for (const e of part.querySelectorAll("textarea[id], input[id], select[id]")) {
      if (e.type === "hidden") continue;
      const changed = e.tagName === "SELECT" ? [...e.options].some((o) => o.selected !== o.defaultSelected)
        : e.type === "radio" || e.type === "checkbox" ? e.checked !== e.defaultChecked : e.value !== e.defaultValue;
      if (changed) kept.set(e.id, { value: e.value, checked: e.checked });
    }
    const active = document.activeElement;
    part.dataset.focus = part.contains(active) ? active.id : "";
    if (part.dataset.focus && "selectionStart" in active) part.caret = [active.selectionStart, active.selectionEnd];
    part.tops = [...part.querySelectorAll(".scroll[id]")].map((e) => [e.id, e.scrollTop]);
    part.open = [...part.querySelectorAll("details[id]")].map((e) => [e.id, e.open]);
  }
  function give(part) {
    for (const e of part.querySelectorAll("textarea[id], input[id], select[id]")) {
      const was = kept.get(e.id);
      if (!was) continue;
      kept.delete(e.id);
      if (e.type === "radio" || e.type === "checkbox") e.checked = was.checked;
      else if (e.tagName !== "SELECT" || [...e.options].some((o) => o.value === was.value)) e.value = was.value;
    }
    for (const [id, open] of part.open || []) { const e = document.getElementById(id); if (e) e.open = open; }
    for (const [id, top] of part.tops || []) { const e = document.getElementById(id); if (e) e.scrollTop = top; }
    if (part.dataset.focus) {
      const e = document.getElementById(part.dataset.focus);
      if (e && !e.disabled) {
        e.focus({ preventScroll: true });
        if (part.caret && e.setSelectionRange && e.tagName === "TEXTAREA") e.setSelectionRange(...part.caret);
      } else {
        part.tabIndex = -1;
        part.focus({ preventScroll: true });
      }
    }
    part.caret = null;
    tick();
  }
  document.addEventListener("htmx:sseBeforeMessage", (event) => {
    const part = event.target, version = /^<!--(\w+)-->/.exec(event.detail.data || "");
    if (version && version[1] === part.dataset.version) { event.preventDefault(); return; }
    keep(part);
    if (version) part.dataset.version = version[1];
  });
  document.addEventListener("htmx:sseMessage", (event) => give(event.target));
  document.addEventListener("htmx:beforeSwap", (event) => { if (event.target.matches && event.target.matches(".part")) keep(event.target); });

  // The stream. Other scripts listen on the document for firedrill:<event>.
  const OTHERS = ["samples", "marks", "paint"];
  let heard = performance.now();
  function connected(is) {
    document.documentElement.dataset.connected = is ? "yes" : "no";
    for (const e of document.querySelectorAll("[data-lost]")) e.hidden = is;
  }
  htmx.createEventSource = (url) => {
    const source = new EventSource(url);
    source.addEventListener("open", () => { heard = performance.now(); connected(true); });
    source.addEventListener("error", () => connected(false));
    source.addEventListener("now", (event) => {
      heard = performance.now();
      connected(true);
      hear(JSON.parse(event.data).now);
      document.dispatchEvent(new CustomEvent("firedrill:now", { detail: JSON.parse(event.data) }));
    });
    for (const name of OTHERS) {
      source.addEventListener(name, (event) => {
        document.dispatchEvent(new CustomEvent(`firedrill:${name}`, { detail: JSON.parse(event.data) }));
      });
    }
    return source;
  };
  setInterval(() => { if (performance.now() - heard > 15000) connected(false); }, 1000);

  // What was sent, and what was refused.
  function toast(text) {
    const line = document.createElement("p");
    line.textContent = text;
    document.getElementById("said").append(line);
    setTimeout(() => line.remove(), 8000);
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) return;
    const form = event.target.closest("form[data-clear]");
    if (form) { for (const e of form.querySelectorAll("textarea")) { e.value = ""; kept.delete(e.id); } }
  });
  document.addEventListener("htmx:responseError", (event) => toast(event.detail.xhr.responseText.slice(0, 300) || "That was refused."));
  document.addEventListener("htmx:sendError", () => toast("Not sent: the page's server does not answer. Try again in a moment; your text is still here."));

  // What costs or ends something asks first.
  document.addEventListener("htmx:confirm", (event) => {
    const question = event.detail.question, dialog = document.getElementById("sure");
    if (!question || !dialog) return;
    event.preventDefault();
    dialog.querySelector("p").textContent = question;
    dialog.querySelector("button[value=yes]").textContent = event.target.dataset.yes || "Yes";
    dialog.returnValue = "";
    dialog.onclose = () => { if (dialog.returnValue === "yes") event.detail.issueRequest(true); };
    dialog.showModal();
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    const text = button.closest(".code").querySelector("pre").innerText;
    let copied = false;
    try { await navigator.clipboard.writeText(text); copied = true; } catch {
      // Only pages on https or loopback have a clipboard; elsewhere the text is at least selected.
      getSelection().selectAllChildren(button.closest(".code").querySelector("pre"));
      copied = document.execCommand("copy");
    }
    button.textContent = copied ? "Copied" : "Selected: press Ctrl+C";
    setTimeout(() => { button.textContent = "Copy"; }, 2500);
  });

  window.firedrill = { now, span, hear, toast };
  const start = document.querySelector("[data-now]");
  if (start) hear(Number(start.dataset.now));
})();
