#!/usr/bin/env bash
# Builds and runs the tests with GCC: laws, reference values, the documents' programs, packages, the main example.
#   test.sh --all      adds all examples, tools, dispatch, flags, properties at random, faults, valgrind, and the tests
#                      with Clang under the address and undefined-behaviour sanitizers, and of threads under that of threads
#   test.sh PRESET...  runs the named presets of CMakePresets.json
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

packages=("${base_packages[@]}" dataset-fashion-mnist python3-numpy)
case ${1:-} in
  '') set -- test ;;
  --all)
    set -- all asan tsan
    packages+=(python3-torch librapidcheck-dev valgrind)
    ;;
esac
[[ $* == test ]] || packages+=(clang libomp-dev)
ensure_packages "${packages[@]}"

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
