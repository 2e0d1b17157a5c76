#!/usr/bin/env bash
# Trains the demo's contenders, 3 seeds each, as compiled by several compilers for several processors. Compares their
# losses and accuracies with the recorded ones and records the largest differences in docs/reliability/numbers.json.
#   numbers.sh              all configurations that this machine runs
#   numbers.sh --record     first records the numbers of the first configuration anew
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ensure_packages "${base_packages[@]}" dataset-fashion-mnist clang libomp-dev python3
exec python3 -B "$root/scripts/numbers.py" "$@"
