#!/usr/bin/env bash
# Compiles all headers and the programs of tests/flags with the compilers, standards and standard libraries of
# docs/reliability.md, warnings as errors, runs a part of them, and records the results in docs/reliability/.
#   compilers.sh [REGEX]    only the rows whose name matches, such as 'Clang 19'; records nothing
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ensure_packages "${base_packages[@]}" clang-14 clang-16 clang-19 libomp-14-dev python3

# Debian installs one version of libc++ at a time. The headers and libraries of all of them are unpacked into build/.
for version in 14 16 19; do
  folder=$root/build/libcxx/$version
  if [[ ! -e $folder/done ]]; then
    rm -rf "$folder" && mkdir -p "$folder/packages"
    (cd "$folder/packages" &&
      apt-get download "libc++-$version-dev" "libc++1-$version" "libc++abi-$version-dev" "libc++abi1-$version" \
        "libunwind-$version") >&2
    for package in "$folder"/packages/*.deb; do
      dpkg-deb --extract "$package" "$folder"
    done
    touch "$folder/done"
  fi
done
exec python3 -B "$root/scripts/compilers.py" "$@"
