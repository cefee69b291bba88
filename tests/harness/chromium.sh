#!/usr/bin/env bash
# Sees to a Chromium for the browser tests. usage: tests/harness/chromium.sh
# Root installs the distribution's; anybody else asks Playwright for its own. Where neither works the tests say loudly
# what was not run (tests/harness/browser.py), and with CI=true they fail.
set -euo pipefail
cd "$(dirname "$0")/../.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT

if .venv/bin/python -m tests.harness.browser >/dev/null; then exit 0; fi

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests (once)"
    export DEBIAN_FRONTEND=noninteractive
    # A fresh machine's package lists are empty or old.
    { apt-get -o Acquire::Retries=3 update && apt-get -o Acquire::Retries=3 install --yes --no-install-recommends chromium; } \
        >"$log" 2>&1 || tail -n 20 "$log" >&2
else
    echo "Asking Playwright for a Chromium of its own (once)"
    timeout 600 .venv/bin/playwright install chromium --only-shell >"$log" 2>&1 || tail -n 5 "$log" >&2
fi

.venv/bin/python -m tests.harness.browser >/dev/null ||
    echo "*** There is no Chromium here: the browser tests will NOT run. As root: apt-get install chromium ***" >&2
