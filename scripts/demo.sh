#!/usr/bin/env bash
# Builds and runs the main example: turned Fashion-MNIST on an ellipse of weights. Passes arguments on to the program
# (--help lists them). Writes results to build/demo.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ensure_packages "${base_packages[@]}" dataset-fashion-mnist
build_example rotated_fashion
exec "$example" --output "$root/build/demo" "$@"
