#!/usr/bin/env bash
# The console's modules as a browser's reader and as a compiler read them: their own tests, and types made from
# openapi/console.json. usage: tests/console/check_modules.sh, after tests/openapi_lint/check.sh, which makes those types
set -euo pipefail
cd "$(dirname "$0")"
PATH="$PWD/../../.venv/bin:$PATH"
parts/install.sh
node --test --test-reporter=dot 'modules/*.test.mjs'
../openapi_lint/node_modules/.bin/tsc --project tsconfig.json
echo "Console: the modules' tests pass and their types fit openapi/console.json"
