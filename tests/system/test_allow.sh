#!/bin/bash
# A beacon of the lab opens a verdict; a rule that comes with SIGHUP ends it and is counted in the health record; when the
# rule fits no longer, the verdict opens under a new number.
set -u
umask 022
BUILD=${BUILD:-build/host}
tmp=$(mktemp -d)
children=()
finish() { kill "${children[@]}" 2>/dev/null; wait; rm -rf "$tmp"; }
trap finish EXIT

fail() { echo "$*"; cat "$tmp/out" "$tmp/err" 2>/dev/null; exit 1; }
write() { # the rules
    printf '{"source": {"interfaces": ["lo"], "poll_s": 1}, "report": {"health_s": 10}, "allow": [%s]}\n' "$1" >"$tmp/conf.json"
}
reload() { write "$1" && kill -HUP "$agent"; }
until_seen() { # pattern, what it means
    for _ in {1..180}; do
        grep -q "$1" "$tmp/out" && return
        sleep 0.25
    done
    fail "$2"
}

for program in noroshi noroshi-lab; do
    [ -x "$BUILD/$program" ] || { echo "skip: no $program"; exit 77; }
done
chmod 755 "$tmp" # the agent reads its configuration again as another user
"$BUILD/noroshi-lab" serve 127.0.0.1:0 >"$tmp/server" 2>&1 &
children+=($!)
for _ in {1..40}; do
    port=$(grep -om1 '127\.0\.0\.1:[0-9]*' "$tmp/server" | cut -d: -f2)
    [ -n "$port" ] && break
    sleep 0.1
done
[ -n "$port" ] || fail "the server did not name its port: $(cat "$tmp/server")"
"$BUILD/noroshi-lab" beacon --to "127.0.0.1:$port" --every 2s >/dev/null 2>&1 &
children+=($!)
write ''
"$BUILD/noroshi" run --print-report --config "$tmp/conf.json" >"$tmp/out" 2>"$tmp/err" &
agent=$!
children+=($agent)

this="\"destination.port\":$port,.*\"st\""
until_seen "$this:\"open\"" "no verdict opened"
reload "{\"net\": \"127.0.0.0/8\", \"port\": $port, \"proto\": \"tcp\"}"
until_seen "$this:\"end\"" "the verdict did not end when a rule came"
until_seen '"sup":[1-9]' "it was not counted as suppressed"
[ "$(grep -c "$this" "$tmp/out")" = 2 ] || fail "something was told of an allowed destination"
reload "{\"net\": \"127.0.0.0/8\", \"port\": $port, \"proto\": \"udp\"}"
for _ in {1..100}; do
    [ "$(grep -c "$this:\"open\"" "$tmp/out")" = 2 ] && exit 0
    sleep 0.25
done
fail "the verdict did not open again when the rule no longer fitted"
