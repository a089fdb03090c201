// Packed programs that devices run, newest first.
import { ago, breakable, guarded, h } from "/dom.js";
import { risk } from "/list.js";
import { program } from "/words.js";

function row(item) {
  const record = item.record, sha256 = record["process.hash.sha256"];
  return h("tr", { "data-program": item.id },
    h("td", { class: "num" }, risk(record["event.risk_score"], "this file is packed")),
    h("td", {}, h("b", {}, breakable(record["process.executable"])), sha256 && h("span", { class: "under" }, breakable(`SHA-256 ${sha256}`))),
    h("td", {}, `It is ${program(record)}.`, h("span", { class: "under" }, record["rule.id"])),
    h("td", {}, item.device, record["process.pid"] && h("span", { class: "under" }, `process ${record["process.pid"]}`)),
    h("td", { class: "when" }, ago(item.received)));
}

export function programsView(data) {
  const heads = ["Risk", "Program", "What is known", "Device", "Reported"];
  return h("section", {}, h("h1", {}, "Packed programs"),
    h("div", { class: "card scroll" }, h("table", { id: "programs" },
      h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, data.programs.map((item) => guarded(() => row(item), heads.length, item.device))))),
    h("p", { class: "note" }, data.programs.length ? "The risk is the chance that the file is packed. A packed file is not malware by itself. A packed program that also beacons is listed under Verdicts."
      : "No device has reported a packed program."));
}
