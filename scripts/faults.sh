#!/usr/bin/env bash
# Injects the faults of tests/faults, with 200 killed trainings. Writes docs/reliability/faults.json. The full disks need
# root's right to mount.
#   faults.sh [SEED [every]]    with `every`, changes every bit of a file, not every 64th and one in each byte of the
#                               header, and gives a file every amount of room
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

seed=${1:-1}
[[ $seed =~ ^[0-9]{1,9}$ ]] || fail "SEED: expected a whole number of at most 9 digits, got '$seed'"
every=${2:-}
[[ -z $every || $every == every ]] || fail "expected 'every' or nothing, got '$every'"
ensure_packages "${base_packages[@]}" locales
cd "$root"
cmake --preset all
cmake --build --preset all --target faults_memory faults_files faults_forks faults_training
tests=build/all/tests

# A locale with decimal commas, for C.
mkdir -p build/locales
[[ -e build/locales/de_DE.UTF-8 ]] || localedef --inputfile=de_DE --charmap=UTF-8 build/locales/de_DE.UTF-8
export LOCPATH=$root/build/locales OMP_WAIT_POLICY=passive

status=0
{
  python3 -B tests/faults/kill.py "$tests/faults_training" --kills 200 --seed "$seed" || status=1
  "$tests/faults_files" ${every:+every} || status=1
  "$tests/faults_memory" || status=1
  "$tests/faults_forks" || status=1
  exit "$status"
} | tee build/faults.txt || status=1
scripts/faults_json.py build/faults.txt "$seed" > build/faults.json
mkdir -p docs/reliability
mv build/faults.json docs/reliability/faults.json
exit "$status"
