// The drill's own page: keys, the events' filter, and whether the lab is still heard.
"use strict";

(() => {
  const at = (id) => document.getElementById(id);

  function go(id, inside) {
    const part = at(id);
    if (!part || !part.childElementCount) return;
    const target = (inside && part.querySelector(inside)) || part;
    if (target === part) part.tabIndex = -1;
    part.scrollIntoView({ block: "nearest" });
    target.focus();
  }
  function write(kind) {
    const radio = at(`kind-${kind}`);
    if (radio) radio.checked = true;
    go("compose", "textarea");
  }
  const KEYS = {
    a: () => at("press-a") && at("press-a").click(),
    n: () => write("note"),
    h: () => write("hypothesis"),
    s: () => write("status"),
    r: () => go("question", "textarea"),
    d: () => go("diagnosis", "input[type=radio]:checked, input[type=radio]"),
    f: () => go("fix", "button:not(:disabled)"),
    t: () => go("timeline", "ol"),
    g: () => go("signals"),
    "?": () => at("help").showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const e = event.target;
    if (e.matches("textarea") && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      e.form.requestSubmit();
      event.preventDefault();
      return;
    }
    const typing = e.isContentEditable || e.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
    if (event.key === "Escape" && typing) { e.blur(); return; }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const act = KEYS[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  at("help-open").addEventListener("click", () => at("help").showModal());

  function filter() {
    const wanted = at("namespace") ? at("namespace").value : "";
    for (const line of document.querySelectorAll("#events [data-namespace]")) {
      line.hidden = wanted !== "" && line.dataset.namespace !== wanted;
    }
  }
  document.addEventListener("change", (event) => { if (event.target.id === "namespace") filter(); });
  document.addEventListener("htmx:sseMessage", (event) => { if (event.target.id === "events") filter(); });

  // The run writes what the lab shows about once a second; where it has stopped, what is shown is old.
  let live = null;
  document.addEventListener("firedrill:now", (event) => { live = event.detail.live; });
  document.addEventListener("firedrill:tick", (event) => {
    const clock = at("clock");
    const over = clock && clock.dataset.until;
    for (const e of document.querySelectorAll("[data-stale]")) e.hidden = over || live === null || event.detail.at - live < 20;
  });
})();
