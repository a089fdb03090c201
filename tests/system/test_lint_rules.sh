#!/bin/sh
# Every rule of cross/lint/rules.tsv can fail: for each row a small tree that breaks it, and nothing else, is refused by its name.
set -eu
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
tab=$(printf '\t')
n_tried=0

fresh() {
    rm -rf "$tree"
    mkdir -p "$tree/.ci" "$tree/agent/core" "$tree/agent/programs" "$tree/agent/verdicts" "$tree/cross" "$tree/models" "$tree/platform/linux" "$tree/tools/model" "$tree/tests"
}

broken() { # what must hold, file, its text: exactly this rule fails, and names the file
    fresh
    printf '%b\n' "$3" >"$tree/$2"
    said=$(cross/lint/style "$tree" || true)
    [ "$(echo "$said" | grep -c FAIL)" = 1 ] && echo "$said" | grep -qF "FAIL   $1" && echo "$said" | grep -q "^ *$2:" || {
        echo "$2 breaks: $1; said:"
        echo "$said"
        exit 1
    }
    n_tried=$((n_tried + 1))
}

fresh
cross/lint/style "$tree" >/dev/null || { echo 'an empty tree breaks a rule'; exit 1; }
printf '#include <linux/if.h>\n#include "models/base/why.h"\n#include "platform/clock.h"\n' >"$tree/platform/linux/fine.c"
cross/lint/style "$tree" >/dev/null || { echo 'a system header in platform/linux breaks a rule'; exit 1; }

broken 'models/ includes only models/' models/up.c '#include "platform/clock.h"'
broken 'platform/ includes nothing from above but models/base/' platform/up.h '#include "models/model.h"'
broken 'platform/ includes nothing from above but models/base/' platform/up.h '#include "models/builtin.h"'
broken 'agent/ includes no tool and no system' agent/up.c '#include "tools/windows/windows.h"'
broken 'tools/ include no test' tools/model/up.c '#include "tests/certs.h"'
broken 'agent/core/ and agent/scan/ do no input or output' agent/core/io.c '#include <unistd.h>'
broken 'agent/core/ includes models/, platform/ and itself' agent/core/up.c '#include "agent/config/config.h"'
broken 'what stands below reports includes no room above' agent/programs/up.c '#include "agent/run/agent.h"'
broken 'agent/verdicts/ and agent/uplink/ do not know the loop and the commands' agent/verdicts/up.c '#include "agent/run/agent.h"'
broken 'the life of a verdict is a type: no number stands for a state' agent/core/old.c 'd->reported_ms = 0;'
broken 'no system headers outside platform/' agent/system.c '#include <linux/if.h>'
broken 'no conditions on a system outside platform/' agent/system.c '#ifdef __linux__'
broken 'nothing left to do' tools/model/later.c '/* TODO */'
broken 'lines of at most 110 columns' platform/wide.c "$(printf '%0111d' 0)"
broken 'files of at most 400 lines' models/long.c "$(seq 401)"
broken 'shell scripts parse' cross/script '#!/bin/sh\nif'

# Rules that are errors, and the scripts, have each been broken once.
n_rules=$(grep -v '^#' cross/lint/rules.tsv | grep -vc "^function$tab")
[ "$n_tried" = $((n_rules + 2)) ] || { echo "$n_rules rules, but $n_tried were tried: add the new one here"; exit 1; }

# The check of names: the same name in two headers, or in two files that are linked together.
named() { # what it says; pairs of a file and its text
    said=$1
    fresh
    shift
    mkdir -p "$tree/agent/programs/none"
    for i in $(seq 200); do echo "enum nrs_$i { NRS_E$i };"; done >"$tree/agent/many.h"
    while [ $# -gt 0 ]; do
        printf '%b\n' "$2" >"$tree/$1"
        shift 2
    done
    found=$( (cd "$tree" && "$OLDPWD/cross/lint/names") || true)
    echo "$found" | grep -qF "$said" || { echo "expected: $said; said:"; echo "$found"; exit 1; }
}
named 'ok     one name' models/a.h 'struct nrs_a { int x; };' agent/a.c 'static int nrs_b(void)'
named 'type nrs_a: models/a.h and platform/a.h' models/a.h 'struct nrs_a { int x; };' platform/a.h 'enum nrs_a { NRS_ONE };'
named 'macro or enumerator NRS_ONE: models/a.h and platform/a.h' models/a.h '#define NRS_ONE 1' platform/a.h 'enum nrs_b { NRS_ONE };'
named 'function nrs_f: agent/f.c and tools/model/f.c' agent/f.c 'int nrs_f(void)\n{\n}' tools/model/f.c 'int nrs_f(int x)\n{\n}'
named 'declaration nrs_f: agent/f.h and models/f.h' agent/f.h 'int nrs_f(void);' models/f.h 'int nrs_f(void);'
named 'ok     one name' agent/f.c 'int nrs_f(void)\n{\n}' agent/programs/none/f.c 'int nrs_f(void)\n{\n}'
named 'hardly a name' agent/many.h ''
