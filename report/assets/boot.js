(function () {
  "use strict";
  // Functions and colours are found here by name; none ever comes from the data.
  var nb = "\u00a0";
  function digits(v, n) { return Number(v.toPrecision(n)).toLocaleString("en-US", {maximumFractionDigits: 9}); }
  function seconds(v) {
    if (v === null || v === undefined || isNaN(v)) return "-";
    var a = Math.abs(v);
    if (a === 0) return "0" + nb + "s";
    if (a < 1e-3) return digits(v * 1e6, 3) + nb + "µs";
    if (a < 1) return digits(v * 1e3, 3) + nb + "ms";
    if (a < 120) return digits(v, 3) + nb + "s";
    if (a < 7200) return digits(v / 60, 3) + nb + "min";
    return digits(v / 3600, 3) + nb + "h";
  }
  function percent(v) {
    if (v === null || v === undefined || isNaN(v)) return "-";
    return digits(v * 100, 3) + nb + "%";
  }
  function rate(v) { return v === null || v === undefined || isNaN(v) ? "-" : digits(v, 3) + "/s"; }
  function count(v) { return v === null || v === undefined || isNaN(v) ? "-" : digits(v, Math.abs(v) >= 1000 ? 6 : 3); }
  function usd(v) {
    if (v === null || v === undefined || isNaN(v)) return "-";
    return (v < 0 ? "-$" : "$") + Math.abs(v).toLocaleString("en-US", {maximumFractionDigits: Math.abs(v) < 10 ? 2 : 0});
  }
  function km(v) { return v === null || v === undefined || isNaN(v) ? "" : Math.round(v).toLocaleString("en-US") + nb + "km"; }
  function place(p) {
    var box = document.createElement("div"), head = document.createElement("b");
    head.textContent = p.name;
    box.appendChild(head);
    box.appendChild(document.createElement("br"));
    box.appendChild(document.createTextNode(p.seriesName + ": " + count(p.value[2]) + " (" + percent(p.value[3]) + ")"));
    if (p.value.length > 4) {
      box.appendChild(document.createElement("br"));
      box.appendChild(document.createTextNode("to the container: " + km(p.value[4]) + " on average"));
    }
    return box;
  }
  var formatters = {
    seconds: seconds, percent: percent, rate: rate, count: count, usd: usd, place: place,
    name: function (p) { return p.name; },
    pointerSeconds: function (p) { return seconds(p.value); }
  };
  var root = document.documentElement, style = getComputedStyle(root);
  function paint(name) { return style.getPropertyValue("--" + name).trim(); }
  var painted = {color: 1, borderColor: 1, areaColor: 1};
  function resolve(v, key) {
    if (typeof v === "string") {
      if (key === "formatter" || key === "valueFormatter") {
        var f = v.slice(5);
        return v.slice(0, 5) === "$fmt:" && Object.prototype.hasOwnProperty.call(formatters, f) ? formatters[f] : undefined;
      }
      if (painted[key] === 1 && v.slice(0, 5) === "$var:") return paint(v.slice(5));
      return v;
    }
    if (Array.isArray(v)) return v.map(function (x) { return resolve(x, ""); });
    if (v && typeof v === "object") {
      var out = {};
      Object.keys(v).forEach(function (k) { out[k] = resolve(v[k], k); });
      return out;
    }
    return v;
  }
  function theme() {
    var line = {lineStyle: {color: paint("line")}}, label = {color: paint("muted"), fontSize: 11};
    var axis = {axisLine: line, axisTick: line, axisLabel: label, splitLine: line, nameTextStyle: label};
    return {
      textStyle: {fontFamily: getComputedStyle(document.body).fontFamily, color: paint("ink")},
      legend: {textStyle: {color: paint("muted"), fontSize: 12}, pageTextStyle: {color: paint("muted")}, pageIconColor: paint("ink"), pageIconInactiveColor: paint("line")},
      tooltip: {backgroundColor: paint("panel"), borderColor: paint("line"), textStyle: {color: paint("ink"), fontSize: 12}, axisPointer: {lineStyle: {color: paint("muted")}}},
      categoryAxis: axis, valueAxis: axis, logAxis: axis, timeAxis: axis
    };
  }
  function read(id) { return JSON.parse(document.getElementById(id).textContent); }
  var plots = Array.prototype.slice.call(document.querySelectorAll("[data-chart]")), drawn = [];
  var world = document.getElementById("world");
  if (world) echarts.registerMap("world", JSON.parse(world.textContent));
  // Names beside bars get the room they need, up to two fifths of the chart.
  var pen = document.createElement("canvas").getContext("2d");
  function nameWidth(names) {
    if (pen) pen.font = "11px " + getComputedStyle(document.body).fontFamily;
    return names.reduce(function (most, n) { return Math.max(most, pen ? pen.measureText(n).width : 6.5 * n.length); }, 0);
  }
  function fitted(option, width, height) {
    var names = option.yAxis && option.yAxis.data;
    if (option.grid && option.grid.left === "$names") {
      option.grid.left = Math.ceil(Math.min(nameWidth(names || []) + 16, 0.42 * width));
      option.yAxis.axisLabel.width = option.grid.left - 12;
    }
    // A narrow legend goes on in further lines where a few are enough.
    if (option.legend && option.legend.type === "scroll" && option.series) {
      var seen = {}, at = 0, lines = 1;
      option.series.forEach(function (s) {
        if (seen[s.name]) return;
        seen[s.name] = true;
        var one = nameWidth([s.name]) * 12 / 11 + 34;
        if (at > 0 && at + one > width) { lines++; at = 0; }
        at += one;
      });
      if (lines > 1 && lines < 5) {
        option.legend.type = "plain";
        [option.grid, option.geo].forEach(function (g) { if (g && g.top) g.top += 19 * (lines - 1); });
      }
    }
    // A small map has small circles; one that is lower than wide stands in the middle.
    if (option.geo) {
      if (width > 2.05 * (height - option.geo.top)) {
        option.geo.left = "center";
        delete option.geo.right;
      }
      if (width < 640) {
        option.series.forEach(function (s) {
          (s.data || []).forEach(function (p) { p.symbolSize = Math.max(2.5, 0.55 * p.symbolSize); });
        });
      }
    }
    return option;
  }
  function draw(width) {
    drawn.forEach(function (c) { c.dispose(); });
    style = getComputedStyle(root);
    drawn = plots.map(function (el) {
      var wide = width && !el.closest("figure.wide") && el.closest("figure") ? width / 2 - 8 : width;
      var c = echarts.init(el, theme(), {renderer: "svg", width: wide ? wide : undefined});
      c.setOption(fitted(resolve(read("option-" + el.getAttribute("data-chart")), ""), wide || el.clientWidth, el.clientHeight));
      return c;
    });
    root.setAttribute("data-drawn", String(drawn.length));
    if (window.performance && performance.mark) performance.mark("drawn");
  }
  draw();
  var waiting = false;
  function fit() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(function () {
      waiting = false;
      drawn.forEach(function (c) {
        var el = c.getDom();
        if (el.clientWidth > 0 && el.clientWidth !== c.getWidth()) c.resize();
      });
    });
  }
  if (window.ResizeObserver) {
    var watch = new ResizeObserver(fit);
    plots.forEach(function (el) { watch.observe(el); });
  } else {
    window.addEventListener("resize", fit);
  }
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  if (dark.addEventListener) dark.addEventListener("change", function () { draw(); });
  // Paper is light and as wide as its page: redraw for it and back.
  // The scenario, folded on a screen, is printed.
  var opened = [];
  window.addEventListener("beforeprint", function () {
    root.classList.add("paper");
    opened = Array.prototype.filter.call(document.querySelectorAll(".long details"), function (d) { return !d.open; });
    opened.forEach(function (d) { d.open = true; });
    draw(680);
  });
  window.addEventListener("afterprint", function () {
    root.classList.remove("paper");
    opened.forEach(function (d) { d.open = false; });
    draw();
  });
})();
