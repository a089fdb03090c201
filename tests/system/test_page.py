#!/usr/bin/env python3
"""The collector's page in a real browser, without a window: what it shows is what was reported."""
import contextlib
import html.parser
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

from collectorlab import PROGRAM, Collector, combo, evidence, health, packer, post, verdict

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HOSTILE = "<img src=x onerror=alert(1)>.\"&'.example"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update",
         "--disable-background-networking", "--disable-sync", "--disable-dev-shm-usage", "--enable-logging=stderr",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--virtual-time-budget=6000", "--dump-dom"]


class Elements(html.parser.HTMLParser):
    """Every element with its attributes and the text directly and indirectly inside it."""
    EMPTY = {"img", "link", "meta", "br", "wbr", "input"}

    def __init__(self, text):
        super().__init__()
        self.all, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        element = {"tag": tag, "text": "", **dict(attributes)}
        self.all.append(element)
        if tag not in self.EMPTY:
            self.open.append(element)

    def handle_endtag(self, tag):
        while self.open and self.open.pop()["tag"] != tag:
            pass

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def having(self, **wanted):
        return [e for e in self.all if all(key.replace("_", "-") in e and (value is True or e[key.replace("_", "-")] == value)
                                           for key, value in wanted.items())]


def browse(url, zone="UTC", console_may=()):
    """The elements of a page after it has loaded its data; nothing went wrong or elsewhere on the way."""
    with tempfile.TemporaryDirectory() as profile:
        log = os.path.join(profile, "net.json")
        out = subprocess.run([CHROMIUM, *FLAGS, f"--user-data-dir={profile}", f"--log-net-log={log}", url], timeout=60,
                             capture_output=True, text=True, env={**os.environ, "TZ": zone})
        console = [line for line in out.stderr.splitlines() if "CONSOLE" in line and not any(word in line for word in console_may)]
        assert not console, console
        events = [json.loads(line.rstrip(",\n")) for line in open(log, encoding="utf-8") if '"initiator"' in line]
    origin = re.match(r"http://[^/]+", url)[0]
    asked = {e["params"]["url"] for e in events if origin in (e["params"]["initiator"], *e["params"]["network_isolation_key"].split())}
    assert len(asked) > 5, "the page's own requests are not in the log"
    assert all(address.startswith(origin + "/") for address in asked), asked
    return Elements(out.stdout)


def cell(hour, minute):
    """A lattice with every count from 0 to 15 in it."""
    return (hour * 7 + minute) % 16 if (hour + minute) % 5 == 0 else 0


def seed(lab):
    lab.device("gate-2")
    update = verdict(3, d=1, st="update", score=2700, why="vis_mad*fill+2812,fill+1333,rest-135,bias-1310")
    post(lab.client(), [verdict(1), evidence(2, 1, 1, cell), update, health(4)])
    other = verdict(1, host="gate-2", st="end", f=320, p=0)
    other["destination.domain"] = HOSTILE
    post(lab.client("gate-2"), [other])
    post(lab.client(), [packer(5, path=f"/tmp/{HOSTILE}"), combo(6, "1,5", 1)])


def check_list(lab):
    page = browse(f"http://127.0.0.1:{lab.page}/")
    rows = page.having(tag="tr", data_id=True)
    assert [row["data-id"] for row in rows] == ["4", "3"], "newest first, updates folded"
    assert "every 5 min, give or take 12 %" in rows[1]["text"] and "device-1" in rows[1]["text"]
    assert "2 devices" in rows[1]["text"] and "ended" in rows[0]["text"]
    assert HOSTILE in rows[0]["text"] and not page.having(onerror=True), "texts stay texts"
    assert page.having(tag="title")[0]["text"] == "2 verdicts · noroshi"


def check_verdict(lab):
    page = browse(f"http://127.0.0.1:{lab.page}/#/verdict/1")
    cells = {(int(e["data-hour"]), int(e["data-minute"])): int(e["data-n"]) for e in page.having(data_hour=True)}
    assert cells == {(h, m): cell(h, m) for h in range(24) for m in range(60) if cell(h, m)}, "the matrix is the picture"
    parts = [int(e["data-mlogit"]) for e in page.having(data_mlogit=True)]
    total = page.having(data_sum=True)[0]
    assert sum(parts) == int(total["data-sum"]) == int(total["data-score"]) == 2700, parts
    text = page.having(tag="main")[0]["text"]
    assert "Jitter between visits × Minutes with a connection" in text and "2 devices reported" in text
    assert '"event.id": "device-1-a1-3"' in text, "the raw record"


def check_programs(lab):
    said = browse(f"http://127.0.0.1:{lab.page}/#/verdict/1").having(id="program")[0]["text"]
    assert "The program is /tmp/.x/kworkerd: packed by upx, its header damaged, its file deleted while it runs." in said, said
    page = browse(f"http://127.0.0.1:{lab.page}/#/programs")
    rows = [e["text"] for e in page.having(data_program=True)]
    assert len(rows) == 1 and f"/tmp/{HOSTILE}" in rows[0] and not page.having(onerror=True), rows
    assert "It is packed by upx, its header damaged, its file deleted while it runs." in rows[0] and "99" in rows[0], rows


def check_local_time(lab):
    page = browse(f"http://127.0.0.1:{lab.page}/#/verdict/1", "Asia/Kolkata")  # UTC+5:30, no summer time
    for element in page.having(data_hour=True):
        minute = int(element["data-hour"]) * 60 + int(element["data-minute"]) - 330
        assert int(element["data-n"]) == cell(minute // 60 % 24, minute % 60)
    assert "UTC+5:30" in page.having(tag="main")[0]["text"]


def check_without_evidence(lab):
    page = browse(f"http://127.0.0.1:{lab.page}/#/verdict/4")
    assert not page.having(data_hour=True)
    bars = [e for e in page.having(data_n=True)]
    assert len(bars) == 24 + 60 and int(bars[0]["data-n"]) == 14, "0xee is two hours of 14"


def check_devices(lab):
    page = browse(f"http://127.0.0.1:{lab.page}/#/devices")
    rows = {e["data-device"]: e["text"] for e in page.having(data_device=True)}
    assert set(rows) == {"device-1", "gate-2"}
    assert "packet" in rows["device-1"] and "beacon-7" in rows["device-1"] and "everything" in rows["device-1"]


def check_unreadable_row(lab):
    """A health record of an older collector's store, which did not check it, does not hide the other devices."""
    with contextlib.closing(sqlite3.connect(lab.folder / "noroshi.db", isolation_level=None)) as db:
        db.execute("UPDATE device SET health=? WHERE name='device-1'", ('{"noroshi":{"dst":null,"up":[],"rss":"x","src":{"a":1}}}',))
    page = browse(f"http://127.0.0.1:{lab.page}/#/devices")
    assert {e["data-device"] for e in page.having(data_device=True)} == {"device-1", "gate-2"}


def check_unknown_verdict(lab):
    """A 404 is an answer of the collector: the page does not say that the collector is gone."""
    page = browse(f"http://127.0.0.1:{lab.page}/#/verdict/999", console_may=("404",))
    assert "There is no such verdict." in page.having(tag="main")[0]["text"]
    assert page.having(id="status-text")[0]["text"] == "live"


def main():
    with Collector() as empty:
        text = browse(f"http://127.0.0.1:{empty.page}/").having(tag="main")[0]["text"]
        assert "No verdicts yet" in text
    with Collector() as lab:
        seed(lab)
        for check in (check_list, check_verdict, check_programs, check_local_time, check_without_evidence, check_devices, check_unreadable_row,
                      check_unknown_verdict):
            check(lab)
            print("ok", check.__name__, flush=True)


if __name__ == "__main__":
    if not PROGRAM.exists() or CHROMIUM is None:
        print("skipped: " + ("the collector is not built" if CHROMIUM else "no chromium"))
        sys.exit(77)
    main()
