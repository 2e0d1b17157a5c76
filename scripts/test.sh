#!/usr/bin/env bash
# Builds and runs the tests: with GCC, and with Clang under sanitizers.  test.sh [PRESET...]
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

(($#)) || set -- test asan
ensure_packages "${base_packages[@]}" dataset-fashion-mnist clang libomp-dev python3-numpy

failures=0
summary=()
for preset; do
  start=$SECONDS
  if workflow "$preset"; then
    result=passed
  else
    result=FAILED
    failures=$((failures + 1))
  fi
  summary+=("$(printf '%-10s %-8s %5d s' "$preset" "$result" $((SECONDS - start)))")
done

printf '\n'
printf '%s\n' "${summary[@]}"
((failures == 0))
