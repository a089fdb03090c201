// The first page: all verdicts, newest first.
import { ago, breakable, guarded, h } from "/dom.js";
import { offsetAt, readMarginals, spark } from "/heat.js";
import { destination, plural, prevalence, program, rhythm, volume } from "/words.js";

export function risk(value, of = "this is command and control") {
  const level = value >= 90 ? "high" : value >= 70 ? "medium" : "low";
  return h("span", { class: `risk ${level}`, title: `${value} % chance that ${of}` }, value);
}

function row(verdict) {
  const record = verdict.record, n = record.noroshi || {}, to = destination(record);
  const ended = n.st === "end";
  const hours = n.m ? spark(readMarginals(n.m, offsetAt(record["@timestamp"])).hours) : null;
  return h("tr", { "data-id": verdict.id, class: ended ? "ended" : undefined },
    h("td", { class: "num" }, risk(Math.max(record["event.risk_score"], verdict.combo?.["event.risk_score"] ?? 0))),
    h("td", { class: "to" },
      h("a", { href: `#/verdict/${verdict.id}` }, breakable(to.title)), ended && h("span", { class: "tag" }, "ended"),
      h("span", { class: "under" }, to.address)),
    h("td", { class: "what" }, h("span", { class: "rhythm" }, rhythm(n)), h("span", { class: "under" }, verdict.combo ? `${verdict.combo["process.executable"]}: ${program(verdict.combo)}` : volume(n))),
    h("td", { class: "hours" }, hours),
    h("td", {}, verdict.device, h("span", { class: "under" }, record["source.ip"])),
    h("td", { class: verdict.devices === 1 ? "rare" : undefined }, prevalence(verdict.devices)),
    h("td", { class: "when" }, ago(verdict.received)));
}

function summary(verdicts, devices, now) {
  const open = verdicts.filter((v) => v.record.noroshi?.st !== "end");
  const heard = devices.filter((d) => d.last_seen && now - d.last_seen < 900);
  const stat = (value, words, hot) => h("div", { class: hot ? "stat hot" : "stat" }, h("b", {}, value), h("span", {}, words));
  return h("div", { class: "stats" },
    stat(open.length, `open ${open.length === 1 ? "verdict" : "verdicts"}`),
    stat(open.filter((v) => v.record["event.risk_score"] >= 90).length, "with a risk of 90 or more", true),
    stat(new Set(open.map((v) => v.device)).size, "devices concerned"),
    stat(`${heard.length} / ${devices.length}`, "devices heard from in the last 15 minutes"));
}

function matches(verdict, text) {
  const r = verdict.record;
  return [verdict.device, r["destination.ip"], r["destination.domain"], r["source.ip"], r["destination.port"], r["rule.id"]]
    .some((value) => value !== undefined && String(value).toLowerCase().includes(text));
}

function empty() {
  return h("div", { class: "empty" },
    h("img", { src: "/icon.svg", alt: "", width: 48, height: 48 }),
    h("h2", {}, "No verdicts yet"),
    h("p", {}, "No device has reported a destination that looks like command and control. An agent judges after a few minutes of traffic."),
    h("p", {}, "To connect one: ", h("code", {}, "noroshi run --config DIR/devices/device-1/noroshi.json")));
}

// state is what the person has set: {filter, openOnly}. change() is called after each change of it.
export function listView(data, state, change) {
  const all = data.verdicts.verdicts;
  if (all.length === 0) return h("section", {}, h("h1", { class: "quiet" }, "Verdicts"), empty());
  const text = state.filter.trim().toLowerCase();
  const shown = all.filter((v) => (!text || matches(v, text)) && (!state.openOnly || v.record.noroshi?.st !== "end"));
  const filter = h("input", { type: "search", id: "filter", placeholder: "Device, name, address, port …",
    "aria-label": "Filter verdicts", value: state.filter, autocomplete: "off" });
  const openOnly = h("input", { type: "checkbox", id: "open-only", checked: state.openOnly });
  filter.addEventListener("input", () => { state.filter = filter.value; change(); });
  openOnly.addEventListener("change", () => { state.openOnly = openOnly.checked; change(); });
  const heads = ["Risk", "Destination", "What it does", "Hours", "Device", "Seen on", "Reported"];
  return h("section", {},
    h("h1", { class: "quiet" }, "Verdicts"),
    summary(all, data.devices.devices, data.verdicts.now),
    h("div", { class: "tools" }, filter, h("label", {}, openOnly, "open only"),
      h("span", { class: "muted" }, shown.length === all.length ? plural(all.length, "verdict") + ", newest first"
        : `${shown.length} of ${plural(all.length, "verdict")}`)),
    h("div", { class: "card scroll" }, h("table", { id: "verdicts" },
      h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col", class: name === "Hours" ? "hours" : undefined }, name)))),
      h("tbody", {}, shown.map((v) => guarded(() => row(v), heads.length, v.device))))));
}
