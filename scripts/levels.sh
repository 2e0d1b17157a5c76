#!/usr/bin/env bash
# Compiles the tests of numbers and kernels and the check against reference values for several processors, without
# OpenMP. Runs those that this machine can run, 64-bit ARM under qemu-user.
#   levels.sh [LEVEL...]    scalar, sse2, avx2, avx512, neon; all by default
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case $(uname -m) in
  x86_64) (($#)) || set -- scalar sse2 avx2 avx512 neon ;;
  *) (($#)) || set -- neon ;;
esac
ensure_packages "${base_packages[@]}" g++-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user

# Returns whether this machine runs code compiled for a level.
runs() {
  local needed feature
  case $1 in
    avx2) needed=(avx2 fma bmi1 bmi2 f16c movbe) ;;
    avx512) needed=(avx2 fma bmi1 bmi2 f16c movbe avx512f avx512bw avx512cd avx512dq avx512vl) ;;
    *) needed=() ;;
  esac
  for feature in "${needed[@]}"; do
    grep -q -m 1 -w "$feature" /proc/cpuinfo || return 1
  done
}

build() {
  cmake --preset "level-$1" >&2 &&
    cmake --build "build/level-$1" --parallel "$(nproc)" --target test_core test_kernel golden_check >&2
}

cd "$root"
failures=0
summary=()
for level; do
  start=$SECONDS
  if ! build "$level"; then
    result='NOT BUILT'
    failures=$((failures + 1))
  elif ! runs "$level"; then
    result='built, not run: other processor'
  elif ctest --test-dir "build/level-$level" --output-on-failure --no-tests=error -R '^(core|kernel|golden)$' >&2; then
    result=passed
  else
    result=FAILED
    failures=$((failures + 1))
  fi
  summary+=("$(printf '%-8s %-34s %5d s' "$level" "$result" $((SECONDS - start)))")
done

printf '\n'
printf '%s\n' "${summary[@]}"
((failures == 0))
