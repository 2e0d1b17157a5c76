#!/usr/bin/env bash
# Benchmarks. The machine should be idle.
#   bench.sh                    builds the benchmarks and compares with other libraries: build/bench/report.json and
#                               report.svg, and the same for x86-64-v3 beside them
#   bench.sh --quick [FILTER]   a table of the microbenchmarks, in float unless FILTER names others, in less than
#                               two minutes
#   bench.sh --micro [FILTER]   all microbenchmarks, seven times each, in random order, and the curves of cost
#   bench.sh --compare OLD NEW  tells what changed between two runs of --micro: folders or files of JSON
#   bench.sh --help             this text
# FILTER is a regular expression of Google Benchmark, such as 'flow/step' or 'K:3/width:64'.
# --quick and --micro write build/bench/micro/ROOM.json; results of the run before are in build/bench/micro.before.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; }

# Builds the microbenchmarks and runs those whose names match, with the options of Google Benchmark.
run_micro() {
  local filter=$1 results=$root/build/bench/micro program room programs=() errors
  shift
  ensure_packages "${base_packages[@]}" python3
  (cd "$root" && cmake --preset bench && cmake --build --preset bench --target micro) >&2
  for program in "$root"/build/bench/benchmarks/micro/micro_*; do
    room=${program##*/micro_}
    # The list is empty where no name matches.
    [[ $("$program" --benchmark_list_tests --benchmark_filter="$filter" 2>/dev/null) != "$room"/* ]] ||
      programs+=("$program")
  done
  ((${#programs[@]})) || fail "expected a filter that matches a benchmark, got '$filter'"
  rm -rf "$results.before"
  [[ ! -e $results ]] || mv "$results" "$results.before"
  mkdir -p "$results"
  for program in "${programs[@]}"; do
    room=${program##*/micro_}
    say "$room"
    errors=$("$program" --benchmark_filter="$filter" --benchmark_out="$results/$room.json" "$@" 2>&1 >/dev/null) ||
      fail "$room: expected results, got: $errors"
  done
  python3 -B "$root/scripts/bench_results.py" "$results"
}

case ${1:-} in
  '') ;;
  --help | -h)
    usage
    exit 0
    ;;
  --quick)
    (($# <= 2)) || fail "--quick: expected at most one filter, got $(($# - 1)) arguments"
    run_micro "${2:--real:double}" --benchmark_min_time=0.01
    exit 0
    ;;
  --micro)
    (($# <= 2)) || fail "--micro: expected at most one filter, got $(($# - 1)) arguments"
    run_micro "${2:-.}" --benchmark_min_time=0.05 --benchmark_repetitions=7 --benchmark_enable_random_interleaving=true
    python3 -B "$root/scripts/bench_curves.py" "$root/build/bench/micro" "$root/build/bench/micro"
    exit 0
    ;;
  --compare)
    (($# == 3)) || fail "--compare: expected two folders or files of results, got $(($# - 1)) arguments"
    exec python3 -B "$root/scripts/bench_compare.py" "$2" "$3"
    ;;
  *) fail "expected --quick, --micro, --compare or --help, got '$1'" ;;
esac

ensure_packages "${base_packages[@]}" libtorch-dev libopenblas-dev libblis-dev libdnnl-dev libxsmm-dev
workflow bench
cd "$root"
exec cmake --build --preset bench --target bench-report
