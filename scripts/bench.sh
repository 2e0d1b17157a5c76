#!/usr/bin/env bash
# Builds the benchmarks and runs the comparison with other libraries. Writes build/bench/report.json and report.svg, and
# the same for x86-64-v3 beside them. The machine should be idle.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ensure_packages "${base_packages[@]}" libtorch-dev libopenblas-dev libblis-dev libdnnl-dev libxsmm-dev
workflow bench
cd "$root"
exec cmake --build --preset bench --target bench-report
