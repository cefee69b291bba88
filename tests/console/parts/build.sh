#!/usr/bin/env bash
# Puts the locked parts of the console's map beside the pages; what is made is committed, so that neither the wheel nor an
# operator needs npm. usage: tests/console/parts/build.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")"
./install.sh
to=${1:-../../../backend/console/look/parts}
mkdir -p "$to"
# Without the address of a map of its source, which is not there.
for part in maplibre-gl.mjs maplibre-gl-worker.mjs; do
    sed '/^\/\/# sourceMappingURL=/d' "node_modules/maplibre-gl/dist/$part" >"$to/$part"
done
# Without fflate, by which it unpacks in browsers from before 2023: a browser finds no part by its bare name.
sed -e '/^\/\/# sourceMappingURL=/d' -e 's#import{decompressSync as \([A-Za-z]*\)}from"fflate";#const \1=undefined;#' \
    node_modules/pmtiles/dist/esm/index.js >"$to/pmtiles.mjs"
if grep -l 'from *"[^./]' "$to"/*.mjs; then
    echo "a part imports what a browser does not find" >&2
    exit 1
fi
