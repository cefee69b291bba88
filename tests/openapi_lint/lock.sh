#!/usr/bin/env bash
# Writes package-lock.json anew from package.json: hashes and no address. usage: tests/openapi_lint/lock.sh
set -euo pipefail
cd "$(dirname "$0")"
PATH="$PWD/../../.venv/bin:$PATH"
npm install --package-lock-only --loglevel=error
if grep -n '"resolved"' package-lock.json; then
    echo "package-lock.json names an address" >&2
    exit 1
fi
