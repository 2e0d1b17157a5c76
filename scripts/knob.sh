#!/usr/bin/env bash
# Builds and runs the example of a guitar pedal with two knobs. Writes results, sounds and pictures to build/knob.
# Passes arguments on to the program (--help lists them). --input my.wav --drive 0.7 --tone 0.3 streams a file.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ensure_packages "${base_packages[@]}"
build_example knob
exec "$example" --output "$root/build/knob" "$@"
