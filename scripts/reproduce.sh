#!/usr/bin/env bash
# Carries out the studies and writes docs/results.md from what they recorded. What is recorded already is not done again:
# ended, it goes on where it was. Records are in build/studies.
#   --short   all of it in little, in seconds: to see that it runs; its page is build/studies-short/results.md
# Other arguments are handed to each study (--threads 2, --seeds 3, --budgets short).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

records=$root/build/studies
page=$root/docs/results.md
arguments=()
for argument; do
  if [[ $argument == --short ]]; then
    records=$root/build/studies-short
    page=$records/results.md
  fi
  arguments+=("$argument")
done

ensure_packages "${base_packages[@]}" dataset-fashion-mnist
fetch_mnist
fashion=/usr/share/datasets/fashion-mnist
programs=$root/build/release/examples/studies
(cd "$root" && cmake --preset release && cmake --build --preset release --target studies) >&2

study() {
  local name=$1
  shift
  "$programs/study_$name" --out "$records" "$@" ${arguments[@]+"${arguments[@]}"}
}

study rotation --data fashion --folder "$fashion"
study rotation --data mnist --folder "$mnist"
study noise --folder "$fashion"
study torus --data mnist --folder "$mnist"
study light --folder "$fashion"
study arm
few=none,input,input-wide,film,hyper,order1,order2,low-rank,undone  # wide networks take long
study width --vary width --folder "$fashion" --contenders "$few"
study width --vary images --folder "$fashion" --contenders "$few"
study grouping --folder "$fashion"

"$programs/studies_report" --records "$records" --page "$page"
