#!/usr/bin/env bash
# Measures the cost of including the library: user time and peak memory of GCC and Clang at -O2, the median of RUNS
# compilations (3 by default). The reference is a file that includes Eigen/Dense and multiplies two matrices.
#   compile_cost.sh [RUNS]
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

runs=${1:-3}
[[ $runs =~ ^[1-9][0-9]*$ ]] || fail "RUNS: expected a whole number above 0, got '$runs'"
ensure_packages g++ clang libeigen3-dev libxsimd-dev python3

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

cat > "$work/eigen.cpp" <<'CPP'
#include <Eigen/Dense>

int main() {
  Eigen::MatrixXd const a = Eigen::MatrixXd::Random(20, 20);
  Eigen::MatrixXd const product = a * a;
  return product(0, 0) > 0;
}
CPP
cat > "$work/umbrella.cpp" <<'CPP'
#include <wmanifold/wmanifold.hpp>

int main() {}
CPP
cat > "$work/inference.cpp" <<'CPP'
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/topology/s1.hpp>

#include <array>

namespace wm = wmanifold;
using Model = wm::Manifold<wm::Fourier<wm::S1, 1>, wm::Dense<2, 16>, wm::Tanh, wm::Dense<16, 2>>;

int main() {
  Model const model{wm::he_normal, wm::Seed{1}};
  auto const network = model.at(wm::S1::degrees(90));
  std::array<float, 2> y{};
  network(std::array{1.0F, 0.5F}, y);
  return y[0] > 0;
}
CPP
# README's first program.
awk '/^```cpp/ { inside = 1; next } /^```/ { if (inside) exit } inside' "$root/README.md" > "$work/twenty_lines.cpp"

python3 - "$root/include" "$work" "$runs" <<'PYTHON'
import os
import statistics
import subprocess
import sys

include, work, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
programs = [("Eigen/Dense, one product", "eigen"), ("wmanifold.hpp alone", "umbrella"),
            ("README, twenty lines", "twenty_lines"), ("inference, narrow headers", "inference")]
eigen = subprocess.run("pkg-config --cflags-only-I eigen3 2>/dev/null || echo -I/usr/include/eigen3", shell=True,
                       capture_output=True, text=True, check=True).stdout.split()


def cost(compiler, name):
    """User seconds and peak megabytes of one compilation."""
    process = subprocess.Popen([compiler, "-std=c++20", "-O2", "-I", include, *eigen, "-c", f"{work}/{name}.cpp",
                                "-o", f"{work}/{name}.o"])
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"error: {name}.cpp: expected {compiler} to compile it, got an error")
    return usage.ru_utime, usage.ru_maxrss / 1024


print(f"{'':27}{'g++':>10}{'ratio':>7}{'memory':>9}{'ratio':>7}{'clang++':>12}{'ratio':>7}{'memory':>9}{'ratio':>7}")
table = {name: "" for _, name in programs}
for compiler, width in (("g++", 10), ("clang++", 12)):
    reference = None
    for _, name in programs:
        times, sizes = zip(*(cost(compiler, name) for _ in range(runs)))
        time, memory = statistics.median(times), statistics.median(sizes)
        reference = reference or (time, memory)
        table[name] += (f"{time:{width - 2}.2f} s{time / reference[0]:7.2f}{memory:6.0f} MB"
                        f"{memory / reference[1]:7.2f}")
for title, name in programs:
    print(f"{title:27}{table[name]}")
PYTHON
