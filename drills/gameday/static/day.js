// A waiting team is led to its incident, and the wall stays awake.
"use strict";

(() => {
  const go = () => { const e = document.querySelector("[data-go]"); if (e) location.replace(e.dataset.go); };
  document.addEventListener("htmx:sseMessage", go);
  go();
  const awake = () => {
    if (!document.querySelector(".wall:not(.waiting)") || document.hidden || !navigator.wakeLock) return;
    navigator.wakeLock.request("screen").catch(() => {});
  };
  document.addEventListener("visibilitychange", awake);
  awake();
})();
