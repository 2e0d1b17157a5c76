#!/usr/bin/env bash
# Builds the example and runs it: Fashion-MNIST, turned, on a circle of weights.
# Arguments are handed to the program (--help lists them); results are written to build/demo.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ensure_packages "${base_packages[@]}" dataset-fashion-mnist
build_example rotated_fashion
exec "$example" --output "$root/build/demo" "$@"
