// The signals as plots: one for each, one time axis for all, the incident's moments marked in every one.
"use strict";

(() => {
  const SHOWN_S = 900;  // the newest quarter of an hour
  let zero = null, marks = [], t = [], v = [], plots = [], drawing = false;

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const number = (x) => {
    if (x === null || x === undefined) return "–";
    const size = Math.abs(x);
    if (size !== 0 && size < 0.001) return x.toExponential(1);
    return x.toLocaleString("en", { maximumSignificantDigits: size >= 1000 ? 4 : 3 });
  };
  // Along the x axis: seconds since the page, so that round moments of the incident's clock get the ticks.
  const origin = () => (zero === null ? 0 : zero);
  const time = (x) => {
    if (zero === null) return new Date(x * 1000).toISOString().slice(11, 19);
    return (x < 0 ? "−" : "") + firedrill.span(Math.abs(x));
  };

  // Vertical lines where something happened, named along the top; a limit as a dashed line across.
  function moments(limit) {
    return (u) => {
      const { ctx, bbox } = u, ratio = devicePixelRatio || 1;
      ctx.save();
      ctx.beginPath();
      ctx.rect(bbox.left, 0, bbox.width, bbox.top + bbox.height);
      ctx.clip();
      if (limit !== null) {
        const y = u.valToPos(limit, "y", true);
        ctx.strokeStyle = colour("unsure");
        ctx.lineWidth = 1.5 * ratio;
        ctx.setLineDash([5 * ratio, 4 * ratio]);
        ctx.beginPath(); ctx.moveTo(bbox.left, y); ctx.lineTo(bbox.left + bbox.width, y); ctx.stroke();
        ctx.setLineDash([]);
      }
      ctx.font = `600 ${11 * ratio}px system-ui, sans-serif`;
      ctx.textBaseline = "top";
      let free = -Infinity;
      for (const mark of marks) {
        const x = u.valToPos(mark.at - origin(), "x", true);
        if (x < bbox.left || x > bbox.left + bbox.width) continue;
        ctx.strokeStyle = ctx.fillStyle = colour(mark.kind);
        ctx.lineWidth = 1.5 * ratio;
        ctx.beginPath(); ctx.moveTo(x, bbox.top); ctx.lineTo(x, bbox.top + bbox.height); ctx.stroke();
        const width = ctx.measureText(mark.text).width, begin = Math.min(x, bbox.left + bbox.width - width);
        if (begin > free) { ctx.fillText(mark.text, begin, 1 * ratio); free = begin + width + 5 * ratio; }
      }
      ctx.restore();
    };
  }

  function options(figure, width) {
    const limit = figure.dataset.limit === undefined ? null : Number(figure.dataset.limit);
    const axis = { stroke: colour("quiet"), font: "11px system-ui, sans-serif", grid: { stroke: colour("faint"), width: 1 }, ticks: { show: false } };
    return {
      width, height: 148, padding: [16, 18, 0, 0], legend: { show: false }, cursor: { y: false, points: { size: 6 }, sync: { key: "drill" } },
      scales: {
        x: { time: false },
        // The limit is part of the picture as long as the signal is of its size.
        y: { range: (u, low, high) => {
          if (low === null) return [0, limit === null ? 1 : limit * 1.2 || 1];
          const top = Math.max(high, limit === null ? high : Math.min(limit, Math.max(high * 4, 1e-9)));
          const bottom = Math.min(low, 0);
          return [bottom, top === bottom ? bottom + 1 : top + (top - bottom) * 0.08];
        } },
      },
      axes: [
        { ...axis, size: 22, space: 62, incrs: [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800], values: (u, ticks) => ticks.map(time) },
        { ...axis, size: 46, space: 30, values: (u, ticks) => ticks.map(number) },
      ],
      series: [{}, { stroke: colour("signal"), width: 1.6, points: { show: false }, spanGaps: false }],
      hooks: {
        draw: [moments(limit)],
        setCursor: [(u) => say(figure, u.cursor.idx)],
      },
    };
  }

  // The value under the cursor with its time; without one the newest.
  function say(figure, index) {
    const column = v[Number(figure.dataset.plot)] || [], out = figure.querySelector(".value");
    const pointed = index !== null && index !== undefined;
    const begin = figure.begin || 0;
    const x = pointed ? column[begin + index] : column[column.length - 1];
    const unit = figure.dataset.unit ? ` ${figure.dataset.unit}` : "";
    out.textContent = number(x) + (x === null || x === undefined ? "" : unit) + (pointed ? ` at ${time(t[begin + index] - origin())}` : "");
  }

  function build() {
    for (const plot of plots) plot.u.destroy();
    plots = [...document.querySelectorAll("#signals [data-plot]")].map((figure) => {
      const box = figure.querySelector(".canvas");
      return { figure, u: new uPlot(options(figure, Math.max(120, box.clientWidth)), [[], []], box) };
    });
    draw();
  }
  function draw() {
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      let begin = 0;
      const newest = t[t.length - 1];
      while (begin < t.length && t[begin] < newest - SHOWN_S) begin += 1;
      const times = t.slice(begin).map((at) => at - origin());
      for (const { figure, u } of plots) {
        figure.begin = begin;
        const column = v[Number(figure.dataset.plot)];
        u.setData([times, column ? column.slice(begin) : times.map(() => null)]);
        say(figure, u.cursor.idx);
      }
    });
  }

  document.addEventListener("firedrill:samples", (event) => {
    const { anew, t: times, v: columns } = event.detail;
    if (anew) { t = times; v = columns; } else {
      t = t.concat(times);
      v = columns.map((column, n) => (v[n] || []).concat(column));
    }
    draw();
  });
  document.addEventListener("firedrill:marks", (event) => {
    ({ zero, marks } = event.detail);
    marks.sort((a, b) => a.at - b.at);
    draw();
  });
  document.addEventListener("htmx:sseMessage", (event) => { if (event.target.id === "signals") build(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", build);
  let width = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; build(); } });
  window.firedrillPlots = () => plots.map(({ u }) => ({ points: u.data[0].length, marks: marks.length, zero }));
  build();
})();
