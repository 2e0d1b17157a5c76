#!/usr/bin/env bash
# Tests each property of tests/properties on CASES random cases (2000 by default, the slow ones on a part of them) for
# each SEED (two random ones by default). Writes docs/reliability/properties.json if all hold.
#   properties.sh [CASES [SEED...]]
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

cases=${1:-2000}
(($#)) && shift
(($#)) || set -- "$RANDOM" "$RANDOM"
for number in "$cases" "$@"; do
  [[ $number =~ ^[1-9][0-9]{0,8}$ ]] || fail "CASES, SEED: expected whole numbers from 1 to 999999999, got '$number'"
done
ensure_packages "${base_packages[@]}" librapidcheck-dev python3
cd "$root"
cmake --preset all
cmake --build --preset all --target test_properties
exec python3 scripts/properties.py build/all/tests/test_properties "$cases" "$@"
