// Which devices report, and the state of each.
import { ago, guarded, h } from "/dom.js";
import { bytes, coverage, duration } from "/words.js";

const COVER = { full: "everything", lossy: "some lost", "no-udp": "no UDP", "closer-only": "who closed" };

function light(device, now) {
  const silent = device.last_seen ? now - device.last_seen : Infinity;
  const [name, words] = silent < 900 ? ["good", "reporting"] : silent < 86400 ? ["late", "silent for a while"]
    : device.last_seen ? ["gone", "silent for a day or more"] : ["new", "not seen yet"];
  return h("span", { class: `dot ${name}`, title: words, role: "img", "aria-label": words });
}

function row(device, now) {
  const n = device.health?.noroshi || {};
  const number = (value) => (Number.isFinite(value) ? value.toLocaleString() : h("span", { class: "muted" }, "–"));
  return h("tr", { "data-device": device.name },
    h("td", {}, light(device, now), h("b", {}, device.name), device.version && h("span", { class: "under" }, `version ${device.version}`)),
    h("td", { class: "when" }, ago(device.last_seen), Number.isFinite(n.up) && h("span", { class: "under" }, `up ${duration(n.up * 1000)}`)),
    h("td", {}, n.src || "–", n.clk === 1 && h("span", { class: "tag" }, "clock not set")),
    h("td", {}, n.cov ? coverage(n.cov, COVER, ", ") : "–"),
    h("td", {}, n.mdl || "–"),
    h("td", { class: "num" }, number(n.dst)),
    h("td", { class: "num" }, number(n.q), n.drop > 0 && h("span", { class: "under warn" }, `${n.drop} dropped`)),
    h("td", { class: "num" }, Number.isFinite(n.rss) ? bytes(n.rss * 1024) : "–"),
    h("td", { class: "num" }, number(device.verdicts)));
}

export function devicesView(data) {
  const { devices, now } = data.devices;
  const heads = ["Device", "Last heard", "Source", "Sees", "Model", "Destinations", "Queue", "Memory", "Verdicts"];
  const right = new Set(["Destinations", "Queue", "Memory", "Verdicts"]);
  return h("section", {}, h("h1", {}, "Devices"),
    h("div", { class: "card scroll" }, h("table", { id: "devices" },
      h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col", class: right.has(name) ? "num" : undefined }, name)))),
      h("tbody", {}, devices.map((d) => guarded(() => row(d, now), heads.length, d.name))))),
    h("p", { class: "note" }, "Queue is the number of records that wait on the device. Dropped is the number of records that the device could not keep or deliver."));
}
