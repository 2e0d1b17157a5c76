#!/usr/bin/env bash
# Loads model files of random bytes under sanitizers, for SECONDS (600 by default) or until one fails.
#   fuzz.sh [SECONDS]
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

seconds=${1:-600}
[[ $seconds =~ ^[1-9][0-9]{0,6}$ ]] || fail "SECONDS: expected a whole number from 1 to 9999999, got '$seconds'"
ensure_packages "${base_packages[@]}" clang libclang-rt-14-dev libomp-dev
cd "$root"
cmake --preset asan
cmake --build --preset asan --target tool_models fuzz_model_file
corpus=build/asan/tests/corpus
build/asan/tests/tool_models write "$corpus"
exec build/asan/tests/fuzz_model_file -max_total_time="$seconds" -max_len=8192 -artifact_prefix=build/asan/ "$corpus"
