#!/usr/bin/env bash
# Writes package-lock.json anew from package.json: hashes and no address. usage: tests/console/parts/lock.sh
set -euo pipefail
cd "$(dirname "$0")"
PATH="$PWD/../../../.venv/bin:$PATH"
export NODE_USE_SYSTEM_CA=1 # as pip and git do: behind an office's proxy nothing else works
npm install --package-lock-only --loglevel=error
if grep -n '"resolved"' package-lock.json; then
    echo "package-lock.json names an address" >&2
    exit 1
fi
