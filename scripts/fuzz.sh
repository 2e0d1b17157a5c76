#!/usr/bin/env bash
# Searches for inputs that break the targets of tests/fuzz, under sanitizers: each TARGET (all by default) for SECONDS
# of processor time (600 by default), one after the other. Inputs that reach new code go to tests/fuzz/corpus,
# minimised; the figures are added to docs/reliability/fuzz.json. Ctrl-C ends the search and keeps both. Inputs that
# break a target are in build/asan/fuzz; the script then fails.
#   fuzz.sh [SECONDS [TARGET...]]
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

all=()
for source in "$root"/tests/fuzz/*.cpp; do
  name=$(basename "$source" .cpp)
  [[ $name == seeds ]] || all+=("$name")
done
seconds=${1:-600}
[[ $seconds =~ ^[1-9][0-9]{0,6}$ ]] || fail "SECONDS: expected a whole number from 1 to 9999999, got '$seconds'"
targets=("${@:2}")
((${#targets[@]})) || targets=("${all[@]}")
for target in "${targets[@]}"; do
  [[ " ${all[*]} " == *" $target "* ]] || fail "TARGET: expected one of ${all[*]}, got '$target'"
done

ensure_packages "${base_packages[@]}" clang libclang-rt-14-dev libomp-dev python3
cd "$root"
cmake --preset asan -D WMANIFOLD_TEST_TOOLS=ON >&2  # tool_models writes seeds
cmake --build --preset asan --target tool_models fuzz_seeds "${targets[@]/#/fuzz_}" >&2
work=build/asan/fuzz
mkdir -p "$work/seeds"
build/asan/tests/fuzz_seeds "$work/seeds"
build/asan/tests/tool_models write "$work/seeds/model_file"

export OMP_NUM_THREADS=1 UBSAN_OPTIONS=print_stacktrace=1
options=(-max_len=8192 -timeout=600 -rss_limit_mb=2048)
stopped=
child=
trap 'stopped=yes; [[ -z $child ]] || kill -INT "$child" 2>/dev/null || true' INT TERM
findings=0

# Searches with one target, and keeps the results.
search() {
  local target=$1 program=build/asan/tests/fuzz_$1 corpus=tests/fuzz/corpus/$1 found=$work/$1 log=$work/$1.log
  local ran=0 said=0 ticks places
  rm -rf "$found" "$found.merged"
  mkdir -p "$corpus" "$found" "$found.merged"
  places=("$corpus")
  [[ ! -d $work/seeds/$target ]] || places+=("$work/seeds/$target")
  "$program" "${options[@]}" -print_final_stats=1 -artifact_prefix="$found." \
    "$found" "${places[@]}" >"$log" 2>&1 &
  child=$!
  while ticks=$(awk '{print $14 + $15}' "/proc/$child/stat" 2>/dev/null) && [[ -n $ticks ]]; do
    ran=$((ticks / $(getconf CLK_TCK)))
    ((ran < seconds)) || kill -INT "$child" 2>/dev/null || true
    if ((ran >= said + 60)); then
      said=$ran
      say "$target: $ran of $seconds s: $(grep 'cov: ' "$log" | tail -n 1)"
    fi
    sleep 1
  done
  wait "$child" || true
  child=
  "$program" "${options[@]}" -merge=1 -set_cover_merge=1 -use_counters=0 "$found.merged" "${places[@]}" "$found" \
    >"$log.merge" 2>&1 || fail "$target: expected a corpus that can be merged, got an error; see $log.merge"
  find "$found.merged" -type f -size +4095c -delete  # the repository stays small
  find "$corpus" -name 'fixed-*' -exec cp {} "$found.merged" \;  # broke the target once; a test keeps them
  rm -rf "$corpus"
  mv "$found.merged" "$corpus"
  scripts/fuzz_record.py "$target" "$log" "$ran" || findings=1
}

for target in "${targets[@]}"; do
  [[ -n $stopped ]] || search "$target"
done
((findings == 0)) || fail "expected no input that breaks a target, got some; they are in $work"
