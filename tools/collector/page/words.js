// Puts the numbers of a record into plain sentences. agent/VERDICT.md defines the numbers.

const TERMS = {
  win: "Length of the window", n: "Number of connections", gap_med: "Time between connections",
  gap_mad: "Jitter between connections", gap_iqr: "Spread between connections", gap_skew: "Skew of the gaps",
  gap_near: "Gaps near the usual one", gap_max: "Longest pause", gap_short: "Connections in parallel",
  hist_top: "One dominant interval", hist_used: "Variety of intervals", vis_n: "Number of visits",
  vis_med: "Time between visits", vis_mad: "Jitter between visits", vis_iqr: "Spread between visits",
  vis_skew: "Skew of the visits", vis_near: "Visits near their rhythm", vis_harm: "Visits on multiples of a rhythm",
  vis_run: "Longest steady run", vis_alt: "Long and short gaps in turn",
  vis_size: "Connections in a visit", fill: "Minutes with a connection",
  span: "Part of the window covered", hours: "Hours with a connection", acf: "Pattern that repeats",
  peak: "Fullest minute", fail: "Failed connections", fail_now: "Recent failures", tx_med: "Bytes sent",
  tx_mad: "Variation of bytes sent", tx_same: "Same size sent again", rx_med: "Bytes received",
  rx_mad: "Variation of bytes received", rx_same: "Same size received again",
  rx_max: "Largest amount received",
  ratio: "Received over sent",
  dur_med: "Duration", dur_mad: "Variation of the duration", blind: "Connections of unknown size", port: "Service behind the port",
  place: "Network of the address", proto: "Protocol", ntp: "Looks like a time service", siblings: "Servers in turn", rest: "Everything else",
  bias: "Starting point",
};

const WINDOW = { "1h": "hour", "6h": "6 hours", "24h": "24 hours", "7d": "7 days" };
const WINDOW_S = { "1h": 3600, "6h": 21600, "24h": 86400, "7d": 604800 };

const COVERAGE = {
  full: "The source saw every connection.",
  lossy: "The source may have missed some connections.",
  "no-udp": "The source cannot see UDP.",
  "closer-only": "The source saw which side closed a connection, and not always which side opened it.",
};

/* "lossy,no-udp": each word by the table, an unknown one as it is. The value comes from a device. */
export function coverage(words, table, between) {
  return String(words).split(",").filter(Boolean).map((word) => (Object.hasOwn(table, word) ? table[word] : word)).join(between);
}

export function termName(name) {
  return name.split("*").map((part) => TERMS[part] || part).join(" × ");
}

// "vis_mad+812,rest-12" as [{name, mlogit}].
export function parseWhy(why) {
  return String(why || "").split(",").map((part) => /^(.+?)([+-]\d+)$/.exec(part)).filter(Boolean)
    .map((m) => ({ name: m[1], mlogit: Number(m[2]) }));
}

export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const s = ms / 1000;
  if (s < 60) return `${Number(s.toFixed(s < 10 ? 1 : 0))} s`;
  const unit = (value, name, rest, small) => (rest >= 1 ? `${value} ${name} ${Math.floor(rest)} ${small}` : `${value} ${name}`);
  if (s < 3600) return unit(Math.floor(s / 60), "min", s % 60, "s");
  if (s < 2 * 86400) return unit(Math.floor(s / 3600), "h", (s % 3600) / 60, "min");
  return unit(Math.floor(s / 86400), "days", (s % 86400) / 3600, "h");
}

export function bytes(n) {
  return n < 1024 ? `${n} bytes` : n < 1048576 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1048576).toFixed(1)} MiB`;
}

export function plural(n, one, many) {
  return `${n.toLocaleString()} ${n === 1 ? one : many || one + "s"}`;
}

// "every 5 min, give or take 12 %"
export function rhythm(n) {
  if (!(n.p > 0)) return "many times a second";
  const gap = { "1 s": "second", "1 min": "minute", "1 h": "hour" }[duration(n.p)] || duration(n.p);
  return n.j === 0 ? `every ${gap} exactly` : `every ${gap}, give or take ${n.j ?? "?"} %`;
}

// "the last 24 hours", or "the 18 s since first contact" while it is younger than that.
function span(n) {
  const young = n.age !== undefined && n.age < (WINDOW_S[n.w] || 0);
  return young ? `the ${duration(n.age * 1000)} since first contact` : `the last ${WINDOW[n.w] || "hours"}`;
}

export function volume(n) {
  const failed = n.f > 0 ? (n.f >= n.n ? ", all failed" : `, ${n.f.toLocaleString()} failed`) : "";
  return `${plural(n.n || 0, "connection")} in ${span(n)}${failed}`;
}

export function facts(record) {
  const n = record.noroshi || {};
  const lines = [
    ["Rhythm", `Connects ${rhythm(n)}.`],
    ["Connections", `${volume(n)}${n.f === 0 ? ", none failed" : ""}.`],
  ];
  if (n.sib > 0) lines.push(["Servers", `${plural(n.sib, "server")} without a name, judged together; the address is the latest.`]);
  if (n.h !== undefined) lines.push(["Hours", `Active in ${plural(n.h, "hour")} of the window.`]);
  if (n.tx !== undefined || n.rx !== undefined) {
    const part = (value, word) => (value === undefined ? `an unknown amount ${word}` : `${bytes(value)} ${word}`);
    lines.push(["Size", `Typically ${part(n.tx, "sent")}, ${part(n.rx, "received")}.`]);
  }
  if (n.age !== undefined) lines.push(["First contact", `The device first contacted it ${duration(n.age * 1000)} before this judgement.`]);
  if (n.cov) lines.push(["Coverage", coverage(n.cov, COVERAGE, " ")]);
  lines.push(["Model", `The device judged it itself with ${record["rule.id"]}.`]);
  return lines;
}

const MARKS = {
  tampered: "its header damaged", deleted: "its file deleted while it runs", temporary: "in a folder for temporary files",
  new: "written within a day",
};

// "packed by upx, in a folder for temporary files": the reasons to suspect the program that connects.
export function program(combo) {
  const n = combo?.noroshi || {}, by = n.class === "unknown" ? "packed by an unknown packer" : `packed by ${n.class}`;
  return String(n.file || "").split(",").map((mark) => (mark === "packed" ? by : MARKS[mark])).filter(Boolean).join(", ");
}

export function destination(record) {
  const ip = record["destination.ip"] || "?", port = record["destination.port"];
  const shown = ip.includes(":") ? `[${ip}]` : ip;
  return {
    title: record["destination.domain"] || ip,
    address: `${shown}${port === undefined ? "" : ":" + port} ${record["network.transport"] || ""}`.trim(),
  };
}

export function prevalence(devices) {
  return devices === 1 ? "one device" : plural(devices || 0, "device");
}
