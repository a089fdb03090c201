// Chooses a view, fetches its data and refreshes it. A view is a function from data to elements.
import { h, refreshAges } from "/dom.js";
import { devicesView } from "/devices.js";
import { listView } from "/list.js";
import { programsView } from "/programs.js";
import { verdictView } from "/verdict.js";
import { plural } from "/words.js";

const REFRESH_MS = 5000;
const main = document.getElementById("main"), statusBox = document.getElementById("status");
const state = { filter: "", openOnly: false };
let shown = "", timer = 0, turn = 0;

async function get(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  if (!answer.ok) {
    const text = answer.status === 404 ? "There is no such verdict." : `The collector answered ${answer.status}.`;
    throw Object.assign(new Error(text), { answered: answer.status });
  }
  return answer.json();
}

const renderList = (data) => listView(data, state, () => draw(data, renderList));

const VIEWS = [
  [/^#\/devices$/, "devices", async () => ({ devices: await get("/api/devices") }), devicesView, () => "Devices"],
  [/^#\/programs$/, "programs", async () => get("/api/programs"), programsView, () => "Programs"],
  [/^#\/verdict\/(\d+)$/, "verdict", async (id) => get(`/api/verdicts/${id}`), verdictView,
    (v) => v.record["destination.domain"] || v.record["destination.ip"]],
  [/^/, "list", async () => {
    const [verdicts, devices] = await Promise.all([get("/api/verdicts?limit=200"), get("/api/devices")]);
    return { verdicts, devices };
  }, renderList, (d) => plural(d.verdicts.verdicts.length, "verdict")],
];

// Puts the new elements in place and gives the focus back to what had it.
function draw(data, view) {
  const at = document.activeElement, href = at?.getAttribute?.("href"), id = at?.id, caret = at?.selectionStart;
  const details = main.querySelector("details")?.open;
  main.replaceChildren(view(data));
  if (details) main.querySelector("details")?.setAttribute("open", "");
  const again = (id && id !== "main" && document.getElementById(id)) || (href && main.querySelector(`a[href="${CSS.escape(href)}"]`));
  if (again && main.contains(again)) {
    again.focus({ preventScroll: true });
    if (caret !== undefined && caret !== null && again.setSelectionRange) again.setSelectionRange(caret, caret);
  }
}

function say(good, text) {
  statusBox.className = good ? "good" : "bad";
  document.getElementById("status-text").textContent = text;
}

async function refresh() {
  const mine = ++turn, hash = location.hash || "#/";
  const [pattern, name, load, view, title] = VIEWS.find(([p]) => p.test(hash));
  clearTimeout(timer);
  try {
    const data = await load(...(pattern.exec(hash).slice(1)));
    if (mine !== turn) return;
    const text = hash + JSON.stringify(data, (key, value) => (key === "now" ? undefined : value));
    if (text !== shown) {
      draw(data, view);
      shown = text;
      document.title = `${title(data)} · noroshi`;
    }
    say(true, "live");
  } catch (error) {
    if (mine !== turn) return;
    // A 404 or a 503 is an answer: the collector is there.
    if (error.answered) say(error.answered === 404, error.answered === 404 ? "live" : "the collector has a problem");
    else say(false, "no connection to the collector");
    if (!shown.startsWith(hash)) main.replaceChildren(h("div", { class: "empty" }, h("h2", {}, error.message), h("p", {}, h("a", { href: "#/" }, "All verdicts"))));
  }
  for (const link of document.querySelectorAll("nav a")) {
    const here = link.dataset.view === name || (name === "verdict" && link.dataset.view === "list");
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  refreshAges(main);
  if (!document.hidden) timer = setTimeout(refresh, REFRESH_MS);
}

addEventListener("hashchange", () => { shown = ""; scrollTo(0, 0); refresh().then(() => main.focus({ preventScroll: true })); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); main.focus(); });
refresh();
