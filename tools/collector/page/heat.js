// The hour x minute picture: 24 rows of 60 minutes, counts 0 to 15, moved from UTC to local time.
import { h, svg } from "/dom.js";

const CELL = 12, GAP = 2, LEFT = 34, TOP = 6, BAR = 74, MINUTES = 1440;

function nibbles(base64) {
  const raw = atob(base64), out = [];
  for (let i = 0; i < raw.length; i++) out.push(raw.charCodeAt(i) >> 4, raw.charCodeAt(i) & 15);
  return out;
}

// Minutes to add to UTC at that time; a day has one offset here, that of the record.
export function offsetAt(timestamp) {
  const date = new Date(timestamp);
  return isNaN(date) ? 0 : -date.getTimezoneOffset();
}

export function offsetName(minutes) {
  const m = Math.abs(minutes);
  return `UTC${minutes < 0 ? "−" : "+"}${Math.floor(m / 60)}${m % 60 ? ":" + String(m % 60).padStart(2, "0") : ""}`;
}

function rotate(values, by) {
  const n = values.length;
  return values.map((_, i) => values[(((i - by) % n) + n) % n]);
}

// m4 as 1,440 counts in local time.
export function readMatrix(m4, offset) {
  return rotate(nibbles(m4), offset);
}

// m as {hours, minutes} in local time, 0 to 15.
export function readMarginals(m, offset) {
  const all = nibbles(m);
  return { hours: rotate(all.slice(0, 24), Math.round(offset / 60)), minutes: rotate(all.slice(24, 84), offset % 60) };
}

const two = (n) => String(n).padStart(2, "0");
const opacity = (n, max) => (0.3 + 0.7 * (n / max)).toFixed(2);

// A row of small bars for a list.
export function spark(values) {
  const max = Math.max(1, ...values);
  const picture = svg("svg", { class: "spark", viewBox: `0 0 ${values.length * 4} 22`, "aria-hidden": "true" });
  values.forEach((n, i) => {
    const tall = n ? Math.max(3, (n / max) * 22) : 1.5;
    picture.append(svg("rect", { x: i * 4, y: 22 - tall, width: 3, height: tall, rx: 1, class: n ? "bar" : "none" }));
  });
  return picture;
}

function cell(minute, n, max) {
  const hour = Math.floor(minute / 60), column = minute % 60;
  return svg("rect", {
    class: n ? "cell" : "empty", x: LEFT + column * CELL, y: TOP + hour * CELL, width: CELL - GAP, height: CELL - GAP,
    rx: 2, "fill-opacity": n ? opacity(n, max) : undefined,
    "data-hour": n ? hour : undefined, "data-minute": n ? column : undefined, "data-n": n || undefined,
  });
}

function label(x, y, text, anchor) {
  return svg("text", { x, y, "text-anchor": anchor, class: "axis" }, text);
}

// Sums beside the rows and below the columns.
function margins(picture, counts) {
  const hours = Array(24).fill(0), minutes = Array(60).fill(0);
  counts.forEach((n, i) => { hours[Math.floor(i / 60)] += n; minutes[i % 60] += n; });
  const right = LEFT + 60 * CELL + 10, bottom = TOP + 24 * CELL + 22;
  const tallest = Math.max(1, ...hours), widest = Math.max(1, ...minutes);
  hours.forEach((n, i) => picture.append(svg("rect", {
    class: "margin", x: right, y: TOP + i * CELL, width: (n / tallest) * BAR, height: CELL - GAP, rx: 2 })));
  minutes.forEach((n, i) => picture.append(svg("rect", {
    class: "margin", x: LEFT + i * CELL, y: bottom, width: CELL - GAP, height: (n / widest) * 36, rx: 2 })));
}

// The picture reads itself out for the mouse and the arrow keys.
function readout(picture, counts, out) {
  let at = -1;
  const mark = svg("rect", { class: "mark", width: CELL + 1, height: CELL + 1, rx: 3, visibility: "hidden" });
  const show = (minute) => {
    at = minute;
    mark.setAttribute("visibility", at < 0 ? "hidden" : "visible");
    if (at < 0) { out.textContent = "\u00a0"; return; }
    mark.setAttribute("x", LEFT + (at % 60) * CELL - 1.5);
    mark.setAttribute("y", TOP + Math.floor(at / 60) * CELL - 1.5);
    const n = counts[at];
    out.textContent = `${two(Math.floor(at / 60))}:${two(at % 60)} — ${n === 15 ? "15 or more" : n || "no"} connection${n === 1 ? "" : "s"}`;
  };
  picture.append(mark);
  picture.addEventListener("mousemove", (event) => {
    const p = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
    const column = Math.floor((p.x - LEFT) / CELL), row = Math.floor((p.y - TOP) / CELL);
    show(column >= 0 && column < 60 && row >= 0 && row < 24 ? row * 60 + column : -1);
  });
  picture.addEventListener("mouseleave", () => show(-1));
  picture.addEventListener("blur", () => show(-1));
  picture.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -60, ArrowDown: 60 }[event.key];
    if (!step) return;
    event.preventDefault();
    show(at < 0 ? counts.findIndex((n) => n > 0) : (at + step + MINUTES) % MINUTES);
  });
}

export function heatMap(counts) {
  const max = Math.max(1, ...counts), busy = counts.filter((n) => n > 0).length;
  const picture = svg("svg", {
    class: "heat", viewBox: `0 0 ${LEFT + 60 * CELL + 10 + BAR} ${TOP + 24 * CELL + 62}`, tabindex: 0, role: "img",
    "aria-label": `Connections by hour and minute: ${busy} of 1,440 minutes are active. Arrow keys read single minutes.`,
  });
  counts.forEach((n, minute) => picture.append(cell(minute, n, max)));
  for (let hour = 0; hour < 24; hour += 3) picture.append(label(LEFT - 8, TOP + hour * CELL + 9, `${two(hour)}h`, "end"));
  for (let minute = 0; minute < 60; minute += 10) {
    picture.append(label(LEFT + minute * CELL, TOP + 24 * CELL + 13, `:${two(minute)}`, "start"));
  }
  margins(picture, counts);
  const out = h("p", { class: "readout", "aria-live": "polite" }, "\u00a0");
  readout(picture, counts, out);
  return h("div", { class: "heatmap" }, picture, out);
}

function bars(values, name) {
  const step = 720 / values.length, every = values.length === 24 ? 3 : 10;
  const picture = svg("svg", { class: "bars", viewBox: "0 0 720 152", role: "img", "aria-label": `Connections by ${name}` });
  values.forEach((n, i) => {
    const tall = Math.max(2, n * 8.4);
    picture.append(svg("rect", { class: n ? "bar" : "none", "data-n": n, x: i * step, width: step - 3, rx: 3, y: 128 - tall, height: tall }));
    if (i % every === 0) picture.append(label(i * step, 147, two(i), "start"));
  });
  return h("figure", {}, picture, h("figcaption", {}, `by ${name}`));
}

export function marginals({ hours, minutes }) {
  return h("div", { class: "marginals" }, bars(hours, "hour of the day"), bars(minutes, "minute of the hour"));
}
