#!/usr/bin/env bash
# Runs the studies. Writes docs/results.md and the pages and pictures in docs/results from their records in
# build/studies. Recorded trainings are not repeated, so an interrupted run continues.
#   --short         runs all studies in small, as a check, in seconds; the summary is build/studies-short/results.md
#   --cifar10 DIR   folder of CIFAR-10: the files of cifar-10-binary.tar.gz, or a part of them as train.bin and
#                   test.bin. The default is WMANIFOLD_CIFAR10, then ../shared/data/cifar10-part beside the project.
#                   Without a folder this study is left out
#   --help          prints this text
# Other arguments go to each study (--threads 2, --seeds 3, --budgets short).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

records=$root/build/studies
page=$root/docs/results.md
cifar10=${WMANIFOLD_CIFAR10:-}
arguments=()
while (($#)); do
  case $1 in
    --help)
      sed -n '2,/^[^#]/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    --cifar10)
      (($# > 1)) || fail "--cifar10: expected a folder, got none"
      cifar10=$2
      shift 2
      continue
      ;;
    --cifar10=*)
      cifar10=${1#*=}
      shift
      continue
      ;;
    --short)
      records=$root/build/studies-short
      page=$records/results.md
      ;;
  esac
  arguments+=("$1")
  shift
done
if [[ -n $cifar10 ]]; then
  [[ -d $cifar10 ]] || fail "$cifar10: expected the folder of CIFAR-10's binary files, got no folder"
elif [[ -d $root/../shared/data/cifar10-part ]]; then
  cifar10=$root/../shared/data/cifar10-part
fi

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

# The paper's contenders alone, for studies with wide networks or many settings.
paper=none,input,input-wide,layers,layers-wide,film,hyper,order1,order2,order1-plain,order2-plain
paper+=,low-rank,chain-by-batch,wrong,undone
on_circle=$paper,order3,order3-plain
on_torus=$paper,additive1,additive2,total2

study rotation --data fashion --folder "$fashion"
study rotation --data mnist --folder "$mnist"
study rotation --data mnist --wide --folder "$mnist" --contenders "$on_circle"
if [[ -n $cifar10 ]]; then
  study rotation --data cifar10 --folder "$cifar10"
else
  say "The study of rotated CIFAR-10 is left out. Name the folder of its files by --cifar10 DIR or WMANIFOLD_CIFAR10."
fi
study noise --folder "$fashion"
study torus --data mnist --folder "$mnist" --settings narrow
study torus --data mnist --folder "$mnist" --settings wide --contenders "$on_torus"
study light --folder "$fashion"
study arm
study width --vary width --folder "$fashion" --contenders "$on_circle" --settings width8,width32,width128,width512
# Width 32 above has 10,000 images already: no comparison counts twice.
study width --vary images --folder "$fashion" --contenders "$on_circle" \
  --settings images500,images2000,images20000,images55000
study grouping --folder "$fashion"

"$programs/studies_report" --records "$records" --page "$page"
