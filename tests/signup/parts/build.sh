#!/usr/bin/env bash
# Makes the style sheet and the fonts of the sign-up pages anew from the locked dkfds; what is made is committed, so that
# neither the wheel nor an operator needs npm. usage: tests/signup/parts/build.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")"
./install.sh
PATH="$PWD/../../../.venv/bin:$PATH"
node build.mjs "${1:-../../../backend/signup/look}"
