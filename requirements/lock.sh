#!/usr/bin/env bash
# Resolves pyproject.toml once for every supported Python and writes the four lock files:
#   dev.txt      everything                      (make test)
#   demo.txt     runtime + embedded, demo + build (make demo, make story)
#   runtime.txt  what production runs            (infra/Dockerfile)
#   build.txt    what builds our own wheel       (infra/Dockerfile)
# dev.txt is resolved first and constrains the others, so a package has one version in all of them.
# No address of any package index is written: whoever installs chooses where from, the hashes say what.
# usage: requirements/lock.sh [--upgrade] [--upgrade-package NAME …]
set -euo pipefail
cd "$(dirname "$0")/.."

UV=${UV:-uv}
# The resolver must see the packages' own index and nothing of this machine.
unset PIP_FIND_LINKS PIP_INDEX_URL PIP_EXTRA_INDEX_URL UV_FIND_LINKS UV_INDEX UV_DEFAULT_INDEX UV_EXTRA_INDEX_URL UV_INDEX_URL

resolve() {
    "$UV" pip compile --no-config --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-header "$@"
}

resolve --extra embedded --extra demo --group dev --group build -o requirements/dev.txt pyproject.toml "$@"
resolve --extra embedded --extra demo --group build -c requirements/dev.txt -o requirements/demo.txt pyproject.toml
resolve -c requirements/dev.txt -o requirements/runtime.txt pyproject.toml
resolve -c requirements/dev.txt --group build -o requirements/build.txt

if grep -nE '://|--(index|extra-index|find-links|trusted)' requirements/*.txt; then
    echo "a lock file names an address" >&2
    exit 1
fi
