#!/usr/bin/env python3
"""The OpenWrt package: layout and size of the archive, /etc/config/noroshi as the agent's JSON, the init script in a root
of its own; and all shell of packages. UCI and procd are stand-ins (below); the shell is busybox's ash, the agent is the one
that ships.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

BUILD = pathlib.Path(os.environ.get("BUILD", "build/host")).resolve()
HERE = pathlib.Path("cross/openwrt")
FILES = HERE / "noroshi/files"
BUSYBOX = shutil.which("busybox")

# `uci export` gives lines that OpenWrt's own functions.sh runs as commands; so does this.
UCI = r"""
config_load() { SECTIONS= n=0; . "${CONFIG_DIR:-/etc/config}/$1"; }
config() { n=$((n + 1)); current=${2:-cfg$n}; SECTIONS="$SECTIONS $current"; eval "TYPE_$current=\$1"; }
option() { eval "V_${current}_$1=\$2"; }
list() { eval "_i=\$((L_${current}_$1 + 1))"; eval "L_${current}_$1=$_i V_${current}_$1_$_i=\$2"; }
config_get() { eval "$1=\${V_$2_$3:-\$4}"; }
config_get_bool() {
    config_get "$@"
    eval "case \$$1 in 1|on|true|yes|enabled) $1=1;; 0|off|false|no|disabled) $1=0;; *) $1=\$4;; esac"
}
config_foreach() { for _s in $SECTIONS; do eval "[ \"\$TYPE_$_s\" != $2 ] || $1 $_s"; done; }
config_list_foreach() {
    local i=0
    while [ $i -lt $((L_$1_$2)) ]; do i=$((i + 1)); eval "$3 \"\$V_$1_$2_$i\""; done
}
"""
PROCD = r"""
for call in open_instance close_instance set_param add_jail add_jail_mount add_jail_mount_rw add_reload_trigger; do
    eval "procd_$call() { echo \"$call \$*\" >>/calls; }"
done
"""
RC_COMMON = """. /lib/functions.sh
. "$1"
case $2 in start) start_service; service_triggers ;; esac
"""

EVERYTHING = r"""
config noroshi 'noroshi'
    option enabled '1'
    option host_id 'router-1'
config collector 'collector'
    option url 'https://[2001:db8::1]:8443/v1/verdicts'
    option ca '/etc/noroshi/ca "new" \ $(touch ran) `touch ran` ünï.pem'
    option prefix '{"create":{}}'
config source 'source'
    list interfaces 'br-lan'
    list interfaces 'eth0.2'
    option poll_s '10'
    option names 'no'
config table 'table'
    option profile 'router'
config allow
    option net '192.0.2.0/24'
    option port '443'
config allow
    option domain 'example.com'
    option until '2099-01-31'
config allow 'empty'
"""


def to_json(text, folder):
    (folder / "noroshi").write_text(text)
    script = f"{UCI}\n. {FILES}/config.sh\nnoroshi_json"
    return subprocess.run([BUSYBOX, "ash", "-c", script], env={"CONFIG_DIR": str(folder), "PATH": os.environ["PATH"]},
                          check=True, capture_output=True, text=True).stdout


def check(path):
    return subprocess.run([BUILD / "noroshi", "check", "--config", path], capture_output=True, text=True)


def test_options_become_keys(tmp):
    assert json.loads(to_json(EVERYTHING, tmp)) == {
        "host_id": "router-1",
        "collector": {"url": "https://[2001:db8::1]:8443/v1/verdicts", "prefix": '{"create":{}}',
                      "ca": '/etc/noroshi/ca "new" \\ $(touch ran) `touch ran` ünï.pem'},
        "source": {"interfaces": ["br-lan", "eth0.2"], "poll_s": 10, "names": False},
        "table": {"profile": "router"},
        "allow": [{"net": "192.0.2.0/24", "port": 443}, {"domain": "example.com", "until": "2099-01-31"}]}
    assert not pathlib.Path("ran").exists(), "an option was run as a command"


def test_the_agent_names_a_bad_option(tmp):
    for section, option, message in [("report", "option flush_s 'soon'", "report.flush_s"),
                                     ("table", "option profile 'large'", "table.profile"),
                                     ("source", "option names 'maybe'", "source.names")]:
        path = tmp / "bad.json"
        path.write_text(to_json(f"config {section} '{section}'\n    {option}\n", tmp))
        answer = check(path)
        assert answer.returncode == 2 and message in answer.stderr, (message, answer.stderr)


def test_no_key_of_the_agent_is_forgotten(_):
    forms = {"TEXT": "text", "CHOICE": "text", "PATH": "text", "RULE_TEXT": "text", "NUMBER": "number",
             "FLAG": "flag", "LIST": "list"}
    source = pathlib.Path("agent/config/config_keys.c").read_text().split("nrs_config_keys[] = {")[1].split("};")[0]
    agent = {(f"allow.{key}" if macro == "RULE_TEXT" else key): forms[macro]
             for macro, key in re.findall(r'(\w+)\("([\w.]+)"', source) if macro in forms}
    agent |= {key: "number" for key in re.findall(r'\{"([\w.]+)", NRS_KEY_RULE_PORT', source)}
    table = re.search(r"NOROSHI_KEYS='\n(.*?)'", (FILES / "config.sh").read_text(), re.S)[1]
    assert dict(line.split() for line in table.splitlines()) == agent, "NOROSHI_KEYS in config.sh and agent/config/config_keys.c"


def test_shell_is_clean(_):
    scripts = [str(FILES / name) for name in ("config.sh", "noroshi.init", "noroshi.defaults")]
    scripts += [str(HERE / "ipk"), str(HERE / "layout"), "cross/man", "cross/deps/import",
                "cross/buildroot/package/noroshi/S70noroshi"]
    for script in scripts:
        subprocess.run([BUSYBOX, "ash", "-n", script], check=True)
    if shutil.which("shellcheck"):
        subprocess.run(["shellcheck", *scripts], check=True)
    else:
        print("the scripts were not checked: no shellcheck")


def test_archive(tmp):
    archives = [tmp / "one.ipk", tmp / "two.ipk"]
    for path in archives:
        subprocess.run([HERE / "ipk", BUILD / "noroshi", "x86_64", "1.2.3", path], check=True)
    assert archives[0].read_bytes() == archives[1].read_bytes(), "not reproducible"
    size = archives[0].stat().st_size
    assert size <= 250 * 1024, f"{size} bytes"
    with tarfile.open(archives[0]) as outer:
        assert [m.name for m in outer] == [".", "./control.tar.gz", "./data.tar.gz", "./debian-binary"]
        assert outer.extractfile("./debian-binary").read() == b"2.0\n"
        with tarfile.open(fileobj=outer.extractfile("./control.tar.gz")) as control:
            fields = control.extractfile("./control").read().decode()
            assert "\nArchitecture: x86_64\n" in fields and "\nRequire-User: noroshi:noroshi\n" in fields
            kept = control.extractfile("./conffiles").read().decode().split()
            scripts = [m for m in control if m.name in ("./postinst", "./prerm")]
            assert len(scripts) == 2 and all(m.mode == 0o755 for m in scripts)
        with tarfile.open(fileobj=outer.extractfile("./data.tar.gz")) as data:
            members = {m.name[1:]: m for m in data}
            assert all((m.uid, m.gid) == (0, 0) for m in members.values())
            data.extractall(tmp / "root")
    assert kept == ["/etc/config/noroshi"] and set(kept) <= set(members)
    modes = {name: m.mode for name, m in members.items() if not m.isdir()}
    assert modes == {"/usr/bin/noroshi": 0o755, "/etc/init.d/noroshi": 0o755, "/etc/uci-defaults/noroshi": 0o755,
                     "/etc/config/noroshi": 0o600, "/etc/capabilities/noroshi.json": 0o644,
                     "/lib/upgrade/keep.d/noroshi": 0o644, "/usr/share/noroshi/config.sh": 0o644,
                     "/usr/share/licenses/noroshi/LICENSE": 0o644, "/usr/share/licenses/noroshi/copyright": 0o644}
    assert members["/etc/noroshi"].mode == 0o750
    assert json.loads((tmp / "root/etc/capabilities/noroshi.json").read_text())["bounding"] == \
        ["CAP_NET_RAW", "CAP_DAC_READ_SEARCH", "CAP_SYS_PTRACE"]


def test_init_script_in_its_own_root(tmp):
    """Runs after test_archive, in what that unpacked; as root (chroot)."""
    root = tmp / "root"
    for folder in ("bin", "lib", "sbin", "tmp", "var/run", "proc"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    shutil.copy(BUSYBOX, root / "bin/busybox")
    for applet in ("sh", "mkdir", "mv", "chown", "logger", "sed", "tr"):
        (root / "bin" / applet).symlink_to("busybox")
    (root / "etc/passwd").write_text("root:x:0:0::/:/bin/sh\nnoroshi:x:453:453::/:/bin/false\n")
    (root / "etc/group").write_text("root:x:0:\nnoroshi:x:453:\n")
    (root / "lib/functions.sh").write_text(UCI + PROCD)
    (root / "etc/rc.common").write_text(RC_COMMON)

    def start():
        (root / "calls").unlink(missing_ok=True)
        subprocess.run(["chroot", root, "/bin/sh", "/etc/rc.common", "/etc/init.d/noroshi", "start"], check=True)
        return (root / "calls").read_text().splitlines()

    assert start() == ["add_reload_trigger noroshi"], "a disabled agent is started"
    settings = root / "etc/config/noroshi"
    settings.write_text(settings.read_text().replace("enabled '0'", "enabled '1'"))
    without = start()
    assert "set_param command /usr/bin/noroshi run --config /var/run/noroshi/noroshi.json" in without
    assert not any("jail" in line or "user" in line for line in without), "ujail is not there"
    (root / "sbin/ujail").write_text("")
    (root / "sbin/ujail").chmod(0o755)
    jailed = start()
    assert {"set_param user noroshi", "set_param capabilities /etc/capabilities/noroshi.json",
            "add_jail noroshi log procfs ronly", "add_jail_mount_rw /var/lib/noroshi /etc/noroshi/state"} <= set(jailed)
    assert (root / "var/lib/noroshi").stat().st_uid == 453 and (root / "etc/noroshi/state").stat().st_uid == 453
    assert json.loads((root / "var/run/noroshi/noroshi.json").read_text())["table"] == {"profile": "router"}
    answer = subprocess.run(["chroot", root, "/usr/bin/noroshi", "check", "--config", "/var/run/noroshi/noroshi.json"],
                            capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def main():
    if not (BUILD / "noroshi").exists():
        print("skip: no noroshi")
        return 77
    if not BUSYBOX:
        print("skip: no busybox (Debian package busybox-static)")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        for test in (test_options_become_keys, test_the_agent_names_a_bad_option, test_no_key_of_the_agent_is_forgotten,
                     test_shell_is_clean, test_archive):
            test(pathlib.Path(folder))
        if os.getuid() == 0:
            test_init_script_in_its_own_root(pathlib.Path(folder))
        else:
            print("the init script was not run: not root")
    return 0


if __name__ == "__main__":
    sys.exit(main())
