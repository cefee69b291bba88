#!/usr/bin/env bash
# Reads openapi/*.json as other people's tools do: Spectral and Redocly lint each file, openapi-typescript makes types of
# it and tsc compiles them. Node comes from the venv's wheel. usage: tests/openapi_lint/check.sh
set -euo pipefail
cd "$(dirname "$0")"
PATH="$PWD/../../.venv/bin:$PATH"
export NODE_USE_SYSTEM_CA=1 # as pip and git do: behind an office's proxy nothing else works
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true NO_UPDATE_NOTIFIER=1

# npm ci starts from nothing, so it is run only when the lock changed since it last ended well.
lock=$(cksum <package-lock.json)
if [ "$(cat node_modules/.installed-from 2>/dev/null)" != "$lock" ]; then
    echo "Installing the OpenAPI linters (once)"
    npm ci --loglevel=error
    echo "$lock" >node_modules/.installed-from
fi

shopt -s nullglob
files=(../../openapi/*.json)
if [ ${#files[@]} = 0 ]; then
    echo "openapi/ holds no file to lint: make openapi writes them" >&2
    exit 1
fi

bin=node_modules/.bin
$bin/spectral lint --ruleset spectral.yaml --fail-severity=warn --quiet "${files[@]}"
$bin/redocly lint --config redocly.yaml "${files[@]}"
mkdir -p build
for file in "${files[@]}"; do
    $bin/openapi-typescript "$file" --output "build/$(basename "$file" .json).d.ts" >/dev/null
done
$bin/tsc --project tsconfig.json
echo "OpenAPI: ${#files[@]} files lint clean and make TypeScript types"
