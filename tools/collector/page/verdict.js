// One verdict: the picture, the reasons, the facts, the raw record.
import { ago, breakable, h } from "/dom.js";
import { heatMap, marginals, offsetAt, offsetName, readMarginals, readMatrix } from "/heat.js";
import { risk } from "/list.js";
import { destination, facts, parseWhy, prevalence, program, rhythm, termName, volume } from "/words.js";

const logits = (mlogit) => (mlogit < 0 ? "−" : "+") + (Math.abs(mlogit) / 1000).toFixed(3);

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function picture(verdict) {
  const n = verdict.record.noroshi, evidence = verdict.matrix;
  const source = evidence || verdict.record, offset = offsetAt(source["@timestamp"]);
  const zone = offset === 0 ? "in UTC" : `in your local time, ${offsetName(offset)} (devices report UTC)`;
  if (evidence) {
    return h("section", { class: "card picture" }, h("h2", {}, "The last 24 hours, minute by minute"),
      heatMap(readMatrix(evidence.noroshi.m4, offset)),
      h("p", { class: "note" }, `Rows are hours and columns are minutes, ${zone}. A regular beacon shows as stripes or a lattice; a person's traffic shows as irregular patches.`));
  }
  if (!n.m) return h("section", { class: "card picture" }, h("h2", {}, "No picture"), h("p", { class: "note" }, "The device sent no picture with this verdict."));
  return h("section", { class: "card picture" }, h("h2", {}, "When it connects"),
    marginals(readMarginals(n.m, offset)),
    h("p", { class: "note" }, `Each bar is a share of the busiest hour or minute, ${zone}. The device sends the whole picture with its evidence record.`));
}

function contribution(part, widest) {
  const share = (Math.abs(part.mlogit) / widest) * 50;
  const bar = h("span", { class: part.mlogit < 0 ? "fill minus" : "fill plus" });
  bar.style.width = `${share}%`;
  return h("tr", { "data-mlogit": part.mlogit, "data-term": part.name, class: part.name === "bias" || part.name === "rest" ? "dim" : undefined },
    h("th", { scope: "row", title: part.name }, termName(part.name)),
    h("td", { class: "track" }, h("span", { class: "axis-line" }), bar),
    h("td", { class: "num" }, logits(part.mlogit)));
}

function reasons(record) {
  const parts = parseWhy(record.noroshi.why);
  const widest = Math.max(1, ...parts.map((p) => Math.abs(p.mlogit)));
  const sum = parts.reduce((total, p) => total + p.mlogit, 0), score = record.noroshi.score;
  return h("section", { class: "card reasons" },
    h("h2", {}, "Why"),
    h("table", { id: "why" }, h("tbody", {}, parts.map((p) => contribution(p, widest))),
      h("tfoot", {}, h("tr", { "data-sum": sum, "data-score": score },
        h("th", { scope: "row" }, sum === score ? "Sum, which is the score" : "Sum, which is not the score"), h("td", { class: "track" }),
        h("td", { class: "num" }, sum === score ? logits(score) : `${logits(sum)} ≠ ${logits(score)}`)))),
    h("p", { class: "note" }, "Bars to the right are evidence for command and control, bars to the left are evidence against it. The values are logits, and their sum is exactly the score."));
}

function factList(verdict) {
  const items = facts(verdict.record);
  items.push(["Seen on", capital(prevalence(verdict.devices)) + " reported this destination."]);
  return h("section", { class: "card facts" }, h("h2", {}, "Facts"),
    h("dl", {}, items.map(([name, text]) => h("div", {}, h("dt", {}, name), h("dd", {}, text)))));
}

// The program that connects, if the device knows it. Its risk counts the program and the connections.
function behind(combo) {
  if (!combo) return null;
  return h("p", { class: "lead", id: "program" }, risk(combo["event.risk_score"]), "The program is ", h("b", {}, breakable(combo["process.executable"])),
    `: ${program(combo)}.`, h("span", { class: "muted" }, combo["process.hash.sha256"] ? ` SHA-256 ${combo["process.hash.sha256"]}` : ""));
}

function others(verdict) {
  if (verdict.others.length === 0) return null;
  return h("section", { class: "card" }, h("h2", {}, "The same destination elsewhere"),
    h("ul", { class: "plain" }, verdict.others.map((o) => h("li", {},
      risk(o.risk), o.id ? h("a", { href: `#/verdict/${o.id}` }, o.device) : o.device, h("span", { class: "muted" }, "since ", ago(o.opened))))));
}

function history(verdict) {
  if (verdict.history.length < 2) return null;
  return h("section", { class: "card" }, h("h2", {}, "How it went on"),
    h("ul", { class: "plain" }, verdict.history.map((item) => h("li", {},
      risk(item.record["event.risk_score"]), h("span", {}, item.record.noroshi.st), h("span", { class: "muted" }, `score ${logits(item.record.noroshi.score)}`), ago(item.received)))));
}

export function verdictView(verdict) {
  const record = verdict.record, to = destination(record), n = record.noroshi, state = n.st;
  return h("article", { class: "verdict", "data-id": verdict.id },
    h("p", { class: "crumb" }, h("a", { href: "#/" }, "← All verdicts")),
    h("div", { class: "title" },
      h("div", {}, h("h1", {}, breakable(to.title)), h("p", { class: "address" }, to.address)),
      h("div", { class: "score" }, risk(record["event.risk_score"]), h("span", {}, "% chance that this is", h("br"), "command and control"))),
    h("p", { class: "lead" }, h("b", {}, verdict.device), record["source.ip"] ? ` (${record["source.ip"]}) connects ` : " connects ", `${rhythm(n)}: ${volume(n)}. `,
      h("span", { class: "muted" }, state === "end" ? "It has ended. " : "", "Reported ", ago(verdict.received), ".")),
    behind(verdict.combo),
    picture(verdict),
    h("div", { class: "columns" }, reasons(record), factList(verdict)),
    h("div", { class: "columns" }, others(verdict), history(verdict)),
    h("details", { class: "card raw" }, h("summary", {}, "Raw records"),
      h("pre", {}, JSON.stringify(record, null, 2)),
      verdict.combo ? h("pre", {}, JSON.stringify(verdict.combo, null, 2)) : null,
      verdict.matrix ? h("pre", {}, JSON.stringify(verdict.matrix, null, 2)) : null));
}
