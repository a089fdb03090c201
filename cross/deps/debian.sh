# For scripts that get something from Debian without touching the machine's apt: its sources, lists and packages stay as
# they are. To be sourced; the caller sets `work`, a folder of its own, and may set `architecture` (default: this machine's).

debian_key=/usr/share/keyrings/debian-archive-keyring.gpg

# Whether there is an apt, and the mirror that it is configured with.
debian_reachable() {
    command -v apt-get >/dev/null && [ -f "$debian_key" ] || return 1
    debian_site=$(apt-get indextargets --format '$(ORIGIN)|$(CODENAME)|$(SITE)' 'Created-By: Packages' 2>/dev/null |
        awk -F'|' '$1 == "Debian" && $2 !~ /-/ { print $3; exit }')
    [ -n "$debian_site" ]
}

# An apt command with state of its own. Only what the archive's key has signed is taken.
debian_apt() { # command arguments...
    debian_tool=$1
    shift
    "$debian_tool" -qq ${architecture:+-oAPT::Architecture="$architecture" -oAPT::Architectures="$architecture"} \
        -oDir::State::status=/dev/null -oDir::Etc::SourceList="$work/sources.list" -oDir::Etc::SourceParts=/dev/null \
        -oDir::State::Lists="$work/lists" -oDir::Cache="$work/cache" -oAcquire::Languages=none \
        -oAcquire::AllowInsecureRepositories=false -oAPT::Sandbox::User="$(id -un)" "$@"
}

# Makes debian_apt speak of one suite, sources (`deb-src`) or packages (`deb`), and gets its lists.
debian_use() { # kind suite
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    echo "$1 [signed-by=$debian_key] $debian_site $2 main" >"$work/sources.list"
    debian_apt apt-get update
}
