#!/usr/bin/env python3
"""`noroshi check` finds what `run` or the collector would refuse. Each case breaks one thing of a configuration that is fine.

Exit codes: 0 fine, 1 `run` would start, 2 `run` would not. As root the script has namespaces of its own; without, the
cases about a full disk are left out and named."""
import datetime
import os
import pathlib
import shutil
import socket
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import collectorlab  # noqa: E402
import faultlab as lab  # noqa: E402

FINE = "everything is fine\n"


class Place:
    """A configuration that is fine, in a folder of its own, and `check` on it."""

    def __init__(self, at, collector):
        self.at, self.collector = at, collector
        self.serial = 0

    def agent(self, **changes):
        self.serial += 1
        agent = lab.Agent(self.at / str(self.serial), self.collector, **changes)
        keys = self.collector.folder / "devices/device-1"
        for name in ("ca.pem", "device.pem", "device-key.pem"):
            shutil.copy(keys / name, agent.folder / name)
            (agent.folder / name).chmod(0o600)
        return agent

    def check(self, *options, **changes):
        return lab.run(lab.NOROSHI, "check", "--config", self.agent(**changes).config, *options)

    def finds(self, code, words, **changes):
        """Exactly one line, with these words, and this exit code."""
        got, out, err = self.check(**changes)
        assert got == code and len(err) == 1 and words in err[0], (words, got, out, err)
        assert FINE not in out, out


def what_is_fine_is_fine(place):
    code, out, err = place.check()
    assert code == 0 and out.endswith(FINE) and not err, (code, out, err)


def a_certificate_of_another_authority(place):
    with collectorlab.Collector() as other:
        keys = other.folder / "devices/device-1"
        place.finds(1, "our certificate is foreign: no CA of collector.ca signed it",
                    collector={"cert": str(keys / "device.pem"), "key": str(keys / "device-key.pem")})
        place.finds(1, "our certificate is foreign", collector={"ca": str(other.folder / "ca.pem")})


def an_expired_certificate(place):
    at = place.at / "expired"
    at.mkdir()
    place.finds(1, "our certificate has expired", collector=lab.client_certificate(at, place.collector.folder, -1))


def a_key_that_does_not_belong_to_the_certificate(place):
    at = place.at / "other-key"
    at.mkdir()
    other = lab.client_certificate(at, place.collector.folder, 2)
    place.finds(2, "does not belong to the certificate", collector={"key": other["key"]})


def a_key_that_others_may_read(place):
    agent = place.agent()
    key = agent.folder / "device-key.pem"
    agent.settings["collector"]["key"] = str(key)
    agent.config.write_text(lab.json.dumps(agent.settings))
    key.chmod(0o644)
    code, out, err = lab.run(lab.NOROSHI, "check", "--config", agent.config)
    assert code == 1 and len(err) == 1 and err[0].startswith(f"noroshi: collector.key: {key}: "), (code, out, err)
    key.chmod(0o600)
    code, out, err = lab.run(lab.NOROSHI, "check", "--config", agent.config)
    assert code == 0 and not err, (code, out, err)


def a_user_that_does_not_exist_or_is_root(place):
    place.finds(2, "user no-such-user: not known on this system", user="no-such-user")
    place.finds(2, "user root: is root, name one without rights", user="root")
    place.finds(2, "user 0: is root", user="0")


def an_interface_that_does_not_exist(place):
    place.finds(1, "source.interfaces: noeth7: there is no such interface now", source={"interfaces": ["lo", "noeth7"]})


def a_source_that_does_not_exist(place):
    code, out, err = place.check(source={"order": "proc,packets"})
    assert code == 1 and err == ["noroshi: source.order: packets: there is no such source"], (code, out, err)
    code, out, err = place.check(source={"order": "packets"})
    assert code == 2 and "noroshi: source.order: packets: there is no such source" in err, (code, out, err)


def a_rule_that_has_ended(place):
    yesterday = datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=1)
    today = yesterday + datetime.timedelta(days=1)
    place.finds(1, "allow: rule 2 of 3 has ended", allow=[{"port": 1}, {"port": 2, "until": str(yesterday)},
                                                          {"port": 3, "until": str(today)}])


def a_full_disk(place):
    for key, folder in (("spool.dir", "spool"), ("state.dir", "state")):
        agent = place.agent(**({"state": {"dir": "state"}} if folder == "state" else {}))
        with lab.small_disk(agent.folder / folder, 64) as disk:
            with (disk / "held-0").open("wb", buffering=0) as ballast:
                try:
                    while True:
                        ballast.write(bytes(4096))
                except OSError:
                    pass
            code, out, err = lab.run(lab.NOROSHI, "check", "--config", agent.config)
            assert code == 1 and err == [f"noroshi: {key}: {disk}: cannot be written: No space left on device"], (code, out, err)


def several_things_are_all_said(place):
    code, out, err = place.check(source={"interfaces": ["noeth7"]}, allow=[{"port": 2, "until": "2020-01-01"}])
    assert code == 1 and len(err) == 2 and "2 of these have to be mended" in out, (code, out, err)


def run_says_the_same_and_goes_on(place):
    with place.agent(source={"interfaces": ["noeth7"]}, allow=[{"port": 2, "until": "2020-01-01"}]) as agent:
        agent.says("allow: rule 1 of 1 has ended")
        agent.says("source.interfaces: noeth7: there is no such interface now")
        agent.says("using proc")
        assert agent.child.poll() is None


def connect_shows_the_answer(place):
    code, out, err = place.check("--connect")
    assert code == 0 and "an empty post is answered with status 200" in out and out.endswith(FINE), (code, out, err)


def connect_finds_a_collector_that_is_away(place):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    agent = place.agent()
    agent.settings["collector"]["url"] = f"https://127.0.0.1:{port}/v1/verdicts"
    agent.config.write_text(lab.json.dumps(agent.settings))
    code, out, err = lab.run(lab.NOROSHI, "check", "--connect", "--config", agent.config)
    assert code == 1 and err == ["noroshi: collector.url: 127.0.0.1: Connection refused"], (code, out, err)
    assert FINE not in out, out


def connect_finds_what_the_collector_refuses(place):
    with collectorlab.Collector() as other:
        keys = other.folder / "devices/device-1"
        code, out, err = place.check("--connect", collector={"cert": str(keys / "device.pem"),
                                                              "key": str(keys / "device-key.pem")})
        assert code == 1 and "TLS: refused by the collector: our certificate is foreign" in err[-1], (code, out, err)
    code, out, err = place.check("--connect", collector={"cert": None, "key": None})
    assert code == 1 and "TLS: refused by the collector: we have no certificate" in err[-1], (code, out, err)


CASES = [what_is_fine_is_fine, a_certificate_of_another_authority, an_expired_certificate,
         a_key_that_does_not_belong_to_the_certificate, a_key_that_others_may_read, a_user_that_does_not_exist_or_is_root,
         an_interface_that_does_not_exist, a_source_that_does_not_exist, a_rule_that_has_ended, several_things_are_all_said,
         run_says_the_same_and_goes_on, connect_shows_the_answer, connect_finds_a_collector_that_is_away,
         connect_finds_what_the_collector_refuses]
ROOT_CASES = [a_full_disk]


def main():
    own = lab.in_own_namespaces()
    at = pathlib.Path(tempfile.mkdtemp(prefix="noroshi-check-"))
    at.chmod(0o755)
    try:
        with collectorlab.Collector() as collector:
            for n, case in enumerate(CASES + (ROOT_CASES if own else [])):
                (at / str(n)).mkdir()
                case(Place(at / str(n), collector))
                print(case.__name__)
    finally:
        shutil.rmtree(at, ignore_errors=True)
    if not own:
        print("left out without root and namespaces: " + ", ".join(c.__name__ for c in ROOT_CASES))
    return 0


if __name__ == "__main__":
    if not (pathlib.Path(os.environ.get("BUILD", "build/host")) / "noroshi-collector").exists():
        print("skipped: the collector is not built")
        sys.exit(77)
    sys.exit(main())
