#!/usr/bin/env bash
# Installs what package-lock.json names, with Node from the venv's wheel. usage: tests/console/parts/install.sh
set -euo pipefail
cd "$(dirname "$0")"
PATH="$PWD/../../../.venv/bin:$PATH"
export NODE_USE_SYSTEM_CA=1 NO_UPDATE_NOTIFIER=1 # as pip and git do: behind an office's proxy nothing else works

# npm ci starts from nothing, so it is run only when the lock changed since it last ended well; one process at a time.
exec 9<package-lock.json
flock 9
lock=$(cksum <package-lock.json)
if [ "$(cat node_modules/.installed-from 2>/dev/null)" != "$lock" ]; then
    echo "Installing the parts of the console (once)"
    npm ci --loglevel=error
    echo "$lock" >node_modules/.installed-from
fi
