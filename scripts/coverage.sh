#!/usr/bin/env bash
# Counts the lines and branches of include/ that the tests of all rooms and the reference values execute, with Clang.
# Prints the lines that none executes, and writes docs/reliability/coverage.json.
#   coverage.sh [JOBS]    at most so many compilers at a time; 2 by default
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

jobs=${1:-2}
[[ $jobs =~ ^[1-9][0-9]{0,2}$ ]] || fail "JOBS: expected a whole number from 1 to 999, got '$jobs'"
ensure_packages "${base_packages[@]}" clang llvm-14 libomp-dev python3
cd "$root"
cmake --preset coverage >&2
mapfile -t programs < <(sed -n -E 's,^build (tests/(test_[a-z]+|golden_check)): CXX_EXECUTABLE_LINKER.*,\1,p' \
  build/coverage/build.ninja)
cmake --build build/coverage --parallel "$jobs" --target "${programs[@]}" >&2

profiles=build/coverage/profiles
rm -rf "$profiles"
mkdir -p "$profiles"
objects=()
for program in "${programs[@]}"; do
  name=${program##*/}
  objects+=(-object "build/coverage/$program")
  arguments=()
  [[ $name != golden_check ]] || arguments=("$root/tests/golden")
  mkdir -p "$profiles/$name"
  # A pool of profiles: a test's child processes write their own.
  (cd "$profiles/$name" && LLVM_PROFILE_FILE="$PWD/%4m.profraw" OMP_WAIT_POLICY=passive \
    "$root/build/coverage/$program" "${arguments[@]}") >&2 || fail "$name fails"
done
llvm-profdata-14 merge -sparse -o "$profiles/all.profdata" "$profiles"/*/*.profraw
cover=(llvm-cov-14 export "${objects[@]:1}" -instr-profile "$profiles/all.profdata" -skip-expansions)
"${cover[@]}" -format=lcov -skip-functions include >"$profiles/lines.info"
"${cover[@]}" -format=text -skip-functions include >"$profiles/branches.json"
python3 -B scripts/coverage.py "$profiles/lines.info" "$profiles/branches.json"
