#!/usr/bin/env bash
# Runs the tests of all rooms under valgrind, which notices numbers that were never set, and memory that is lost. Two test
# cases are left out: valgrind's processor has no mode that takes denormal numbers as zero. The programs keep their own
# operators new, whose calls tests count (nouserintercepts). Writes
# docs/reliability/valgrind.json.
#   valgrind.sh [ROOM...]    these rooms alone, without the file
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ensure_packages "${base_packages[@]}" valgrind python3
cd "$root"
cmake --preset test >&2
mapfile -t rooms < <(sed -n -E 's,^build tests/test_([a-z]+): CXX_EXECUTABLE_LINKER.*,\1,p' build/test/build.ninja)
chosen=("${@:-${rooms[@]}}")
for room in "${chosen[@]}"; do
  [[ " ${rooms[*]} " == *" $room "* ]] || fail "ROOM: expected one of ${rooms[*]}, got '$room'"
done
cmake --build --preset test --target "${chosen[@]/#/test_}" >&2

export OMP_NUM_THREADS=2 OMP_WAIT_POLICY=passive
logs=build/test/valgrind
mkdir -p "$logs"
failures=0
for room in "${chosen[@]}"; do
  start=$SECONDS
  result=passed
  (cd build/test/tests && valgrind --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
    --error-exitcode=9 --soname-synonyms=somalloc=nouserintercepts "./test_$room" \
    --test-case-exclude="denormal numbers count as zero*") >"$logs/$room.log" 2>&1 || result=FAILED
  [[ $result == passed ]] || failures=$((failures + 1))
  say "$(printf '%-12s %-8s %5d s' "$room" "$result" $((SECONDS - start)))"
done
(($#)) || python3 -B scripts/valgrind_record.py "$logs"
((failures == 0)) || fail "expected no report, got some; they are in $root/$logs"
