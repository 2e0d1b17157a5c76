#!/usr/bin/env python3
"""Writes a model of wmanifold as one C++14 header, for firmware and plug-ins without a file system.

    wmanifold_header.py MODEL OUT.hpp              the whole manifold: at(s, network) forms the network at a context
    wmanifold_header.py MODEL OUT.hpp 0.5,0.25     the network at a context (its coordinates), a constant
                        [--numbers bf16]           parameters of 16 bits, rounded to nearest, ties to even: bf16
                                                   (bfloat16) or f16 (float16); real: float or double, as the model
                                                   computes. The default is the type in the file for a manifold, and
                                                   real for a network

The header needs only <cfloat>, <cmath>, <cstdint> and <cstring>. It does not allocate, throw or lock. Its numbers are
constexpr arrays, and the lines at its top show its use. Parameters of 16 bits are converted where they are read. Its
namespace is OUT, or OUT_model if OUT may be a word, macro or function of C and C++. at() returns false and leaves the
network unchanged if a context names no point of the topology; it clamps nothing. If the model has notes, scale_inputs()
scales inputs as in training, and `knobs` has the ranges of the context's coordinates. off_by() returns the largest
error over the model's test vector.
"""

import signal
import sys

if __name__ == "__main__" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # an interrupt during imports ends the program without a traceback
if __name__ == "__main__":
    sys.dont_write_bytecode = True

import math
import os
import pathlib
import re

sys.path.append(os.path.dirname(os.path.realpath(__file__)))  # for links, and a Python that skips this folder

try:
    import numpy as np

    import wmanifold_model as wm
except ImportError as missing:
    if __name__ == "__main__":
        sys.exit(f"error: expected numpy (Debian: python3-numpy), and wmanifold_model.py beside {os.path.realpath(__file__)}: "
                 f"{missing}")
    raise

__all__ = ["header", "namespace_of"]

# Functions that write phi(s) of one factor into out.
BASES = {
    "constant": """
template <int n>
inline void constant(const double*, double* out) {
  out[0] = 1;
}""",
    "fourier": """
template <int h>
inline void fourier(const double* s, double* out) {
  const double cosine = std::cos(s[0]), sine = std::sin(s[0]);
  double c = 1, d = 0;
  out[0] = 1;
  for (int k = 1; k <= h; ++k) {
    const double next = c * cosine - d * sine;
    d = d * cosine + c * sine;
    c = next;
    out[2 * k - 1] = c;
    out[2 * k] = d;
  }
}""",
    "bernstein": """
template <int n>
inline void bernstein(const double* s, double* out) {
  out[0] = 1;
  for (int d = 1; d <= n; ++d) {
    double before = 0;
    for (int i = 0; i < d; ++i) {
      const double here = out[i];
      out[i] = s[0] * before + (1 - s[0]) * here;
      before = here;
    }
    out[d] = s[0] * before;
  }
}""",
    "legendre": """
template <int n>
inline void legendre(const double* s, double* out) {
  const double x = 2 * s[0] - 1;
  double before = 0, here = 1;
  for (int k = 0; k <= n; ++k) {
    out[k] = here;
    const double next = ((2 * k + 1) * x * here - k * before) / (k + 1);
    before = here;
    here = next;
  }
}""",
    "catmull_rom": """
template <int n>
inline void catmull_rom(const double* s, double* out) {
  const double turns = s[0] * 0.15915494309189533577;
  const double along = (turns - std::floor(turns)) * n;
  const int span = along < n ? static_cast<int>(along) : n - 1;
  const double x = along - span;
  for (int i = 0; i < n; ++i) out[i] = 0;
  out[(span + n - 1) % n] += x * (-0.5 + x * (1 - x * 0.5));
  out[span] += 1 + x * x * (-2.5 + x * 1.5);
  out[(span + 1) % n] += x * (0.5 + x * (2 - x * 1.5));
  out[(span + 2) % n] += x * x * (-0.5 + x * 0.5);
}""",
    "bernstein_bezier": """
// Writes the functions whose exponents of the shares before i have the factor `value`, and advances out.
template <int shares>
inline void bernstein_bezier_from(const double* s, int i, int left, double value, double*& out) {
  if (i == shares - 1) {
    for (int a = 1; a <= left; ++a) value *= s[i];
    *out++ = value;
    return;
  }
  for (int a = left; a >= 0; --a) {
    double part = value;
    for (int j = 1; j <= a; ++j) part *= s[i] * (left - a + j) / j;
    bernstein_bezier_from<shares>(s, i + 1, left - a, part, out);
  }
}
template <int degree, int shares>
inline void bernstein_bezier(const double* s, double* out) {
  bernstein_bezier_from<shares>(s, 0, degree, 1, out);
}""",
    "hyperspherical": """
template <int degree>
inline void hyperspherical(const double* s, double* out) {
  constexpr std::size_t powers = static_cast<std::size_t>(degree) + 1;
  double u[powers][2] = {{1, 0}}, v[powers][2] = {{1, 0}};  // powers of w + i z and x + i y
  for (int a = 1; a <= degree; ++a) {
    u[a][0] = s[0] * u[a - 1][0] - s[3] * u[a - 1][1];
    u[a][1] = s[0] * u[a - 1][1] + s[3] * u[a - 1][0];
    v[a][0] = s[1] * v[a - 1][0] - s[2] * v[a - 1][1];
    v[a][1] = s[1] * v[a - 1][1] + s[2] * v[a - 1][0];
  }
  const double x = s[0] * s[0] + s[3] * s[3] - s[1] * s[1] - s[2] * s[2];
  for (int n = 0; n <= degree; n += 2) {
    for (int a = 0; a <= n; ++a) {
      for (int b = a % 2; a + b <= n; b += 2) {
        const int j = (n - a - b) / 2;
        double square = (n + 1) * (a > 0 ? 2 : 1) * (b > 0 ? 2 : 1), before = 0, p = 1;
        for (int i = 1; i <= b; ++i) square *= static_cast<double>(j + a + i) / (j + i);
        for (int i = 1; i <= j; ++i) {
          const double m = 2 * i + a + b;
          const double next = i == 1 ? 0.5 * (b - a + m * x)
                                     : ((m - 1) * (m * (m - 2) * x + b * b - a * a) * p -
                                        2 * (i + b - 1) * (i + a - 1) * m * before) / (2 * i * (i + a + b) * (m - 2));
          before = p;
          p = next;
        }
        for (int i = 0; i < (a > 0 ? 2 : 1); ++i) {
          for (int k = 0; k < (b > 0 ? 2 : 1); ++k) *out++ = std::sqrt(square) * p * u[a][i] * v[b][k];
        }
      }
    }
  }
}""",
    "table": """
// Copies the row of a discrete context to out.
template <std::size_t contexts, std::size_t size>
inline void look_up(const double (&rows_of)[contexts][size], const double* s, double* out) {
  const int row = static_cast<int>(s[0]);
  for (std::size_t k = 0; k < size; ++k) out[k] = rows_of[row][k];
}""",
    "harmonics": """
template <int degree>
inline void harmonics(const double* s, double* out) {
  double cosine = 1, sine = 0, diagonal = 1;
  for (int m = 0; m <= degree; ++m) {
    double q = diagonal, before = 0, ratio = 1;
    for (int i = 2; i <= 2 * m; ++i) ratio /= i;
    for (int l = m; l <= degree; ++l) {
      if (l > m) {
        const double next = ((2 * l - 1) * s[2] * q - (l + m - 1) * before) / (l - m);
        before = q;
        q = next;
        ratio *= static_cast<double>(l - m) / (l + m);
      }
      const double norm = std::sqrt((2 * l + 1) * ratio * (m == 0 ? 1 : 2));
      out[l * (l + 1) + m] = norm * q * cosine;
      if (m > 0) out[l * (l + 1) - m] = norm * q * sine;
    }
    diagonal *= 2 * m + 1;
    const double next = s[0] * cosine - s[1] * sine;
    sine = s[0] * sine + s[1] * cosine;
    cosine = next;
  }
}""",
}

ACTIVATIONS = {
    "relu": "x > 0 || x != x ? x : Real(0)",
    "elu": "x < 0 ? std::expm1(x) : x",
    "tanh": "std::tanh(x)",
    "sigmoid": "Real(0.5) + Real(0.5) * std::tanh(Real(0.5) * x)",
    "silu": "x * (Real(0.5) + Real(0.5) * std::tanh(Real(0.5) * x))",
    "gelu": "Real(0.5) * x * (1 + std::erf(x * Real(0.70710678118654752)))",
    "softplus": "(x > 0 ? x : Real(0)) + std::log1p(std::exp(x > 0 ? -x : x))",
}


IS_FINITE = """// Returns whether x is finite. Tests the bits, because compilers drop other tests under -ffast-math.
inline bool is_finite(double x) {
  constexpr std::uint64_t exponent = DBL_MANT_DIG == 53 ? 0x7ff0000000000000u : 0x7f800000u;
  std::uint64_t bits = 0;
  std::memcpy(&bits, &x, sizeof x);
  return (bits & exponent) != exponent;
}
"""

# Conversions of the 16 bits of a parameter, exact for subnormal numbers too.
WIDENED = {
    "BF16": """// Returns the number with these bits as a bfloat16.
inline Real widened(std::uint16_t stored) {
  const std::uint32_t bits = static_cast<std::uint32_t>(stored) << 16;
  float value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
""",
    "F16": """// Returns the number with these bits as a float16.
inline Real widened(std::uint16_t stored) {
  const std::uint32_t whole = stored, magnitude = whole & 0x7fffu;
  float value = static_cast<float>(magnitude) * 5.9604644775390625e-8f;  // a subnormal number: a multiple of 2^-24
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  if (magnitude >= 0x0400u) bits = (magnitude << 13) + 0x38000000u;
  if (magnitude >= 0x7c00u) bits += 0x38000000u;  // infinities and NaNs
  bits |= (whole & 0x8000u) << 16;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
""",
}
# For each type of parameters: its element in the header, the code that reads one, and its name in words.
STORED = {
    "real": ("Real", "{}", ""),
    "BF16": ("std::uint16_t", "widened({})", "bfloat16"),
    "F16": ("std::uint16_t", "widened({})", "float16"),
}
SIZES = {"float": 4, "double": 8, "BF16": 2, "F16": 2}  # in bytes

WRAPPED = """// Returns the angle in [0, period).
inline double wrapped(double angle, double period) {
  const double rest = std::fmod(angle, period);
  const double positive = rest < 0 ? rest + period : rest;
  return positive < period ? positive : 0;
}
"""

UNIT = """// Scales a vector to length 1. Returns false, and leaves the vector unchanged, if its length is not 1 within 1e-5.
template <int n>
inline bool normalise(double* s) {
  double square = 0;
  for (int i = 0; i < n; ++i) square += s[i] * s[i];
  const double length = std::sqrt(square);
  if (!is_finite(length) || std::fabs(length - 1) > 1e-5) return false;
  for (int i = 0; i < n; ++i) s[i] /= length;
  return true;
}
"""

SHARES = """// Scales shares to the sum 1. Returns false, and leaves the shares unchanged, if one is negative or the sum is not 1
// within 1e-5.
template <int n>
inline bool normalise_shares(double* s) {
  double sum = 0;
  bool are_positive = true;
  for (int i = 0; i < n; ++i) {
    sum += s[i];
    are_positive = are_positive && s[i] >= 0;
  }
  if (!are_positive || !is_finite(sum) || std::fabs(sum - 1) > 1e-5) return false;
  for (int i = 0; i < n; ++i) s[i] /= sum;
  return true;
}
"""

# For each topology: a valid point in words; the check in code, if finite numbers are not enough; the correction applied
# after it.
POINTS = {
    "point": ("point: no numbers", "", ""),
    "interval": ("interval: a number in [0, 1]", "s[{at}] >= 0 && s[{at}] <= 1", ""),
    "s1": ("s1: any finite angle, in radians", "", "s[{at}] = detail::wrapped(s[{at}], 6.2831853071795865)"),
    "rp1": ("rp1: any finite angle, in radians", "", "s[{at}] = 2 * detail::wrapped(s[{at}], 3.1415926535897932)"),
    "s2": ("s2: a vector of length 1, within 1e-5", "detail::normalise<3>(s + {at})", ""),
    "so3": ("so3: a quaternion (w, x, y, z) of length 1, within 1e-5", "detail::normalise<4>(s + {at})", ""),
    "simplex#": ("{space}: {count} shares of at least 0 that sum to 1, within 1e-5",
                 "detail::normalise_shares<{count}>(s + {at})", ""),
    "finite#": ("{space}: a whole number in [0, {last}]",
                "s[{at}] >= 0 && s[{at}] <= {last} && !(s[{at}] > std::floor(s[{at}]))", ""),
}


def number(value, digits=17):
    """Returns a number as C++ writes it."""
    written = f"{value:.{digits}g}"
    return written if re.search("[.e]", written) else written + "."


def array(name, kind, numbers):
    """Returns the code of constexpr kind name[rows][columns], or name[count]. The kind is float, double, BF16 or F16."""
    with np.errstate(all="ignore"):
        numbers = np.asarray(numbers, np.float32 if kind == "float" else float)
    if not np.isfinite(numbers).all():
        raise wm.ModelError(f"'{name}': expected numbers in the range of {kind}, got a larger one")
    digits, suffix = (9, "f") if kind == "float" else (17, "")
    is_half = kind in wm.HALVES
    if is_half:
        numbers, kind = wm.bits_of(numbers, kind), "std::uint16_t"

    def wrapped(row):
        lines, line = [], ""
        for each in row:
            if len(line) > 110:
                lines.append(line.rstrip())
                line = ""
            line += (f"0x{each:04x}" if is_half else number(each, digits) + suffix) + ", "
        return "\n    ".join(lines + [line.rstrip(", ")])

    sizes = "".join(f"[{size}]" for size in numbers.shape)
    body = wrapped(numbers) if numbers.ndim == 1 else "},\n   {".join(wrapped(row) for row in numbers)
    inner = f"{{{body}}}" if numbers.ndim == 1 else f"{{\n   {{{body}}}}}"
    return f"constexpr {kind} {name}{sizes} = {inner};\n"


def flat(weight, bias):
    """Returns weights (rows x out x in) and biases (rows x out) as rows of (in + 1) x out, the network's layout."""
    rows = len(weight)
    return np.concatenate([weight.transpose(0, 2, 1).reshape(rows, -1), bias.reshape(rows, -1)], 1)


def layer_arrays(model, n):
    """Returns the arrays of layer n by the header's names: its rows, and the factors of a low-rank layer or of gains."""
    layer = model.layers[n]
    tensors = {part: model.tensors.get(f"layer.{n}.{part}") for part in ("weight", "bias", "right", "left", "scales", "gain")}
    if layer.kind == "gains":
        return {f"base_{n}": tensors["weight"].T, f"gains_{n}": np.concatenate([tensors["gain"], tensors["bias"]], 1)}
    if layer.kind == "dense":
        return {f"layer_{n}": flat(tensors["weight"], tensors["bias"])}
    arrays = {f"layer_{n}": flat(tensors["weight"][None], tensors["bias"][None])}
    if layer.kind == "low_rank":
        arrays.update({f"{part}_{n}": tensors[part] for part in ("right", "left", "scales")})
    return arrays


def with_type(code, kind):
    """Returns code with the element of this type for `Number`, and with READ(x) as the code that reads x."""
    element, read, _ = STORED[kind]
    return re.sub(r"READ\((.*?\])\)", lambda found: read.format(found[1]), code.replace("Number", element))


def run_code(layers, kind):
    """Returns the code that runs the network from its numbers, which have this type."""
    out = [with_type("""// Computes y = W x + b. The weights of one input are contiguous.
template <int in, int out>
inline void dense(const Number* layer, const Real* x, Real* y) {
  for (int o = 0; o < out; ++o) y[o] = READ(layer[in * out + o]);
  for (int i = 0; i < in; ++i) {
    for (int o = 0; o < out; ++o) y[o] += x[i] * READ(layer[i * out + o]);
  }
}
""", kind)]
    for activation in sorted({layer.activation for layer in layers} - {"identity"}):
        out.append(f"inline Real {activation}(Real x) {{ return {ACTIVATIONS[activation]}; }}\n")
    out.append(with_type("inline void run(const Number* network, const Real* x, Real* y) {", kind))
    if len(layers) > 1:
        out.append(f"  Real hidden[2][{max(layer.outputs for layer in layers)}];")
    offset, before = 0, "x"
    for n, layer in enumerate(layers):
        to = "y" if n + 1 == len(layers) else f"hidden[{n % 2}]"
        out.append(f"  dense<{layer.inputs}, {layer.outputs}>(network + {offset}, {before}, {to});")
        if layer.activation != "identity":
            out.append(f"  for (int o = 0; o < {layer.outputs}; ++o) {to}[o] = {layer.activation}({to}[o]);")
        offset, before = offset + (layer.inputs + 1) * layer.outputs, to
    return out + ["}\n"]


def code_of(factor):
    """Returns the name of a factor's code; discrete contexts have a table of values."""
    return "table" if factor.kind == "finite#" else factor.name


def call_of(factor, n, place):
    """Returns the call that writes phi of factor n at s + place into own."""
    if factor.kind == "finite#":
        return f"look_up(detail::table_{n}, s + {place}, own)"
    shares = f", {factor.coordinates}" if factor.name == "bernstein_bezier" else ""
    return f"{factor.name}<{factor.order}{shares}>(s + {place}, own)"


def rows_code(arrays, model, factors, kind):
    """Returns the code of the layers' arrays, of the basis, and of mixing. The arrays have this type."""
    out = list(arrays)
    for n, factor in enumerate(factors):
        if factor.kind == "finite#":
            out.append(array(f"table_{n}", "double", factor.values(np.arange(len(wm.graph(factor.space)))[:, None])))
    kinds = {factor.kind for factor in factors}
    out += [WRAPPED] * bool(kinds & {"s1", "rp1"}) + [UNIT] * bool(kinds & {"s2", "so3"}) + [SHARES] * ("simplex#" in kinds)
    out += [BASES[name].strip() + "\n" for name in sorted({code_of(factor) for factor in factors})]
    out.append(with_type("""// to[n] = sum_k coefficients[k] from[k][n]
template <std::size_t count, std::size_t size>
inline void mix(const double* coefficients, const Number (&from)[count][size], Real* to) {
  for (std::size_t n = 0; n < size; ++n) to[n] = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const Real c = static_cast<Real>(coefficients[k]);
    for (std::size_t n = 0; n < size; ++n) to[n] += c * READ(from[k][n]);
  }
}
""", kind))
    if any(layer.kind == "low_rank" for layer in model.layers):
        out.append(with_type("""// Adds left diag(c) right^T to the weights and biases of a layer, where c_r = sum_k coefficients[k] scales[k][r].
template <std::size_t count, std::size_t rank, std::size_t size, std::size_t out>
inline void add_low_rank(const double* coefficients, const Number (&scales)[count][rank],
                         const Number (&left)[out][rank], const Number (&right)[size][rank], Real* to) {
  for (std::size_t r = 0; r < rank; ++r) {
    double c = 0;
    for (std::size_t k = 0; k < count; ++k) c += coefficients[k] * static_cast<double>(READ(scales[k][r]));
    for (std::size_t i = 0; i < size; ++i) {
      const Real along = static_cast<Real>(c * static_cast<double>(READ(right[i][r])));
      for (std::size_t o = 0; o < out; ++o) to[i * out + o] += along * READ(left[o][r]);
    }
  }
}
""", kind))
    if any(layer.kind == "gains" for layer in model.layers):
        out.append(with_type("""// Writes a layer with gains 1 + sum_k coefficients[k] gains[k][o] and biases from the second half of each row.
template <std::size_t in, std::size_t out, std::size_t count>
inline void mix_gains(const double* coefficients, const Number (&gains)[count][2 * out], const Number (&base)[in][out],
                      Real* to) {
  for (std::size_t o = 0; o < out; ++o) {
    Real gain = 1;
    Real bias = 0;
    for (std::size_t k = 0; k < count; ++k) {
      const Real c = static_cast<Real>(coefficients[k]);
      gain += c * READ(gains[k][o]);
      bias += c * READ(gains[k][out + o]);
    }
    for (std::size_t i = 0; i < in; ++i) to[i * out + o] = gain * READ(base[i][o]);
    to[in * out + o] = bias;
  }
}
""", kind))
    return out


def at_code(model, factors):
    """Returns the code that forms the network at a context."""
    out = ["""// The network at a context. operator() takes `inputs` numbers and writes `outputs` numbers.
struct Network {
  Real values[numbers];
  void operator()(const Real* x, Real* y) const { detail::run(values, x, y); }
};
"""]
    points, place = [], 0  # of each factor: its place among the coordinates, and its sizes
    for factor in factors:
        count = wm.context_count(factor.space) if factor.kind == "finite#" else factor.coordinates
        points.append({"at": place, "space": factor.space, "count": count, "last": count - 1})
        place += factor.coordinates
    if any(factor.kind == "interval" for factor in factors):
        out.append("// Returns the nearest number in [0, 1], for a knob that may overshoot. Returns a NaN for a NaN.\n"
                   "inline double clamped(double s) { return s < 0 ? 0 : s > 1 ? 1 : s; }\n")
    out.append("// Forms the network at a context of `coordinates` numbers. Returns false, and leaves the network unchanged, if they\n"
               "// name no point of the topology. Valid numbers, by the topology's factors in their order:")
    demands = [POINTS[factor.kind][0].format(**point) for factor, point in zip(factors, points)]
    out += [f"//   {demand}" for demand in dict.fromkeys(demands)]
    out.append("inline bool at(const double* context, Network& network) {\n"
               "  double s[coordinates + 1];\n"
               "  double phi[rows + 1];  // coefficients, then 1 for shared weights")
    out.append("  for (int c = 0; c < coordinates; ++c) {\n    if (!detail::is_finite(context[c])) return false;\n"
               "    s[c] = context[c];\n  }" if place else "  (void)context;")
    for factor, point in zip(factors, points):
        demand, turn = (text.format(**point) for text in POINTS[factor.kind][1:])
        out += [f"  if (!({demand})) return false;"] * bool(demand) + [f"  {turn};"] * bool(turn)
    out.append(f"  s[{place}] = 0;\n  phi[0] = 1;")
    done, place = 1, 0
    for n, factor in enumerate(factors):
        out.append(f"""  {{
    double own[{factor.size}];
    detail::{call_of(factor, n, place)};
    for (int i = {done - 1}; i >= 0; --i) {{
      const double left = phi[i];
      for (int j = {factor.size - 1}; j >= 0; --j) phi[i * {factor.size} + j] = left * own[j];
    }}
  }}""")
        done, place = done * factor.size, place + factor.coordinates
    out.append("  phi[rows] = 1;")
    offset = 0
    for n, layer in enumerate(model.layers):
        if layer.kind == "gains":
            out.append(f"  detail::mix_gains<{layer.inputs}, {layer.outputs}>(phi, detail::gains_{n}, detail::base_{n}, "
                       f"network.values + {offset});")
        else:
            phi = "phi" if layer.kind == "dense" else "phi + rows"
            out.append(f"  detail::mix({phi}, detail::layer_{n}, network.values + {offset});")
        if layer.kind == "low_rank":
            out.append(f"  detail::add_low_rank(phi, detail::scales_{n}, detail::left_{n}, detail::right_{n}, "
                       f"network.values + {offset});")
        offset += (layer.inputs + 1) * layer.outputs
    return out + ["  return true;\n}\n"]


def test_code(inputs, outputs, contexts, real, evaluation):
    """Returns the code of off_by(), which replays the model's test vector."""
    arrays = [("contexts", "double", contexts)] if contexts.size else []
    arrays += [("x", real, inputs), ("expected", real, outputs)]
    out = ["// Returns the largest error over the model's test vector: rounding errors if all is well, DBL_MAX if an output is",
           "// not finite.",
           "inline double off_by() {"]
    out += ["  " + array(*each).replace("\n", "\n  ").rstrip() for each in arrays]
    out.append(f"""  double most = 0;
  for (int b = 0; b < {len(inputs)}; ++b) {{
    Real y[outputs];
    {evaluation}
    for (int o = 0; o < outputs; ++o) {{
      const double error = std::fabs(static_cast<double>(y[o]) - static_cast<double>(expected[b][o]));
      if (!detail::is_finite(error)) return DBL_MAX;
      if (error > most) most = error;
    }}
  }}
  return most;
}}
""")
    return out


# Words of C++, and names that headers of C, POSIX and common platforms declare or define outside of namespaces. TAKEN
# has them without SUFFIXES; FAMILIES has patterns of names.
SUFFIXES = "(f|l|f16|f32|f64|f128|f32x|f64x|_r|_l|64|_unlocked|_np)$"
FAMILIES = ("pthread_.*|sem_.*|sched_.*|f(32|64)x?(add|div|fma|mul|sqrt|sub).*|timer_.*|cookie_.*|atomic_.*|(si|sa|st|va|posix|"
            "process|pkey|shm|clock)_.*|cfget.*|.*(printf|scanf)|.*_t|[A-Z0-9_]*|M_[A-Z0-9_]*[a-z0-9]*|(PRI|SCN).*|(cnd|mtx|thrd|tss|inet|mq|epoll|inotify)_.*")
TAKEN = frozenset("""
    Above Always Below Bool ButtonPress ButtonRelease Complex Convex Cursor Display False Font GC KeyPress KeyRelease
    Nonconvex None Opposite Screen Status Success True Unsorted Visual Window a64l abort abs accept accept4 access acct
    acos acosh adjtime alarm alignas aligned_alloc alignof alloca alphasort and and_eq arc4random arc4random_buf
    arc4random_uniform arm asctime asin asinh asm asprintf assert assert_perror at_quick_exit atan atan2 atanh atexit
    atof atoi atol auto avr backtrace basename bcmp bcopy be16toh be32toh be64toh bind bit bitand bitor bitset bool
    boolean break brk bsearch btowc byte bzero c16rtomb c32rtomb c8rtomb cabs cacos cacosh call_once calloc canonicalize
    canonicalize_file_name carg case casin casinh catan catanh catch cbi cbrt ccos ccosh cdecl ceil cexp cfmakeraw
    cfsetispeed cfsetospeed cfsetspeed char chdir chmod chown chroot cimag class clearenv clearerr cli clock clog clog10
    clone close close_range closedir closefrom closelog cmsghdr co_await co_return co_yield compl complex concept
    confstr conj connect const const_cast consteval constexpr constinit constrain continue copy_file_range copysign cos
    cosh cpow cproj creal creat crypt csin csinh csqrt ctan ctanh ctermid ctime cuserid d_fileno dadd daemon daylight
    ddiv decltype default degrees delay delete dfma difftime dirent dirfd div dladdr dlclose dlerror dlopen dlsym dmul
    do double dprintf drand48 drand48_data drem dsqrt dsub dup dup2 dup3 duplocale dynamic_cast dysize eaccess ecvt else
    emit endusershell enum environ epoll_create epoll_ctl epoll_wait erand48 erf erfc errno esp8266 euidaccess eventfd
    execl execle execlp execv execve execveat execvp execvpe exit exp exp10 exp2 explicit explicit_bzero expm1 export
    extern f_owner_ex fabs faccessat fadd fallocate false far fchdir fchmod fchmodat fchown fchownat fclose fcloseall
    fcntl fcvt fd_mask fd_set fdatasync fdim fdiv fdopen fdopendir feclearexcept fedisableexcept feenableexcept fegetenv
    fegetexcept fegetexceptflag fegetmode fegetround feholdexcept feof feraiseexcept ferror fesetenv fesetexcept
    fesetexceptflag fesetmode fesetround fetestexcept fetestexceptflag feupdateenv fexecve fflush ffma ffs fgetc fgetpos
    fgets fgetwc fgetws file_handle fileno finite float flock flockfile floor fma fmax fmaximum fmaximum_mag
    fmaximum_mag_num fmaximum_num fmaxmag fmemopen fmin fminimum fminimum_mag fminimum_mag_num fminimum_num fminmag fmod
    fmul fnmatch fopen fopencookie for foreach forever fork fpathconf fpclassify fputc fputs fputwc fputws fread free
    freeaddrinfo freelocale freopen frexp friend fromfp fromfpx fseek fseeko fsetpos fsqrt fstat fstatat fsub fsync
    ftell ftello ftruncate ftrylockfile fts ftw funlockfile futimens futimes futimesat fwide fwrite gai_strerror gamma
    gcvt get_current_dir_name getaddrinfo getc getchar getcpu getcwd getdate getdate_err getdelim getdents64
    getdirentries getdomainname getdtablesize getegid getentropy getenv geteuid getgid getgrgid getgrnam getgroups
    gethostbyname gethostid gethostname getitimer getline getloadavg getlogin getnameinfo getopt getpagesize getpass
    getpayload getpeername getpgid getpgrp getpid getppid getpriority getpt getpwnam getpwuid getresgid getresuid
    getrlimit getrusage getsid getsockname getsockopt getsubopt gettid gettimeofday getuid getumask getusershell getw
    getwc getwchar getwd glob globfree gmtime goto grantpt group_member gsignal hcreate hdestroy hsearch htobe16 htobe32
    htobe64 htole16 htole32 htole64 htonl htons huge hyper hypot i386 iconv iconv_close iconv_open if ilogb imaginary
    imaxabs imaxdiv index initstate inline inotify_init insque int interface interrupts ioctl iovec isalnum isalpha
    isascii isatty isblank iscanonical iscntrl isctype isdigit iseqsig isfdtype isfinite isgraph isgreater
    isgreaterequal isinf isless islessequal islessgreater islower isnan isnormal isprint ispunct issignaling isspace
    issubnormal isunordered isupper iswalnum iswalpha iswblank iswcntrl iswctype iswdigit iswgraph iswlower iswprint
    iswpunct iswspace iswupper iswxdigit isxdigit iszero itimerspec itimerval j0 j1 jmp_buf jn jrand48 kill
    kill_dependency killpg l64a labs lchmod lchown lcong48 lconv ldexp ldiv le16toh le32toh le64toh lfind lgamma linger
    link linkat linux listen llabs lldiv llogb llrint llround localeconv localtime lockf lockf64 log log10 log1p log2
    logb long longjmp loop lrand48 lrint lround lsearch lseek lstat lutimes madvise main major makedev malloc map
    math_errhandling max mblen mbrlen mbrtoc16 mbrtoc32 mbrtoc8 mbrtowc mbsinit mbsnrtowcs mbsrtowcs mbstowcs mbtowc
    memccpy memchr memcmp memcpy memfd_create memfrob memmem memmove mempcpy memrchr memset micros millis min mincore
    minor mips mkdir mkdirat mkdtemp mkfifo mkfifoat mknod mknodat mkostemp mkostemps mkstemp mkstemps mktemp mktime
    mlock mlock2 mlockall mmap mmsghdr modf mount mprotect mrand48 mremap msghdr msvc msync munlock munlockall munmap
    mutable name_to_handle_at namespace nan nanosleep near nearbyint new newlocale nextafter nextdown nexttoward nextup
    nftw nice nl_langinfo noexcept noreturn not not_eq nrand48 ntohl ntohs nullptr obstack obstack_printf
    obstack_vprintf offsetof on_exit open open_by_handle_at open_memstream open_wmemstream openat opendir openlog
    operator optarg opterr optind optopt or or_eq osockaddr pascal pathconf pause pclose perror pipe pipe2 poll pollfd
    popen posix pow ppoll prctl pread private profil program_invocation_name program_invocation_short_name protected
    pselect psiginfo psignal ptrace ptsname public putc putchar putenv puts putw putwc putwchar pwrite qecvt qfcvt qgcvt
    qsort quick_exit radians raise rand random random_data rawmemchr read readahead readdir readlink readlinkat realloc
    reallocarray realpath reboot recv recvfrom recvmmsg recvmsg reflexpr regcomp regerror regexec regfree register
    reinterpret_cast remainder remap_file_pages remove remque remquo rename renameat renameat2 requires restrict return
    revoke rewind rewinddir rindex rint rmdir round roundeven rpmatch rusage sbi sbrk scalb scalbln scalbn scandir
    scandirat secure_getenv seed48 seekdir sei select send sendfile sendmmsg sendmsg sendto setbuf setbuffer
    setdomainname setegid setenv seteuid setgid sethostid sethostname setitimer setjmp setlinebuf setlocale setlogin
    setns setpayload setpayloadsig setpgid setpgrp setpriority setregid setresgid setresuid setreuid setrlimit setsid
    setsockopt setstate settimeofday setuid setup setusershell setvbuf short shutdown sigabbrev_np sigaction sigaddset
    sigaltstack sigandset sigblock sigcontext sigdelset sigdescr_np sigemptyset sigev_notify_attributes
    sigev_notify_function sigevent sigfillset siggetmask sighold sigignore siginterrupt sigisemptyset sigismember
    sigjmp_buf siglongjmp sigmask signal signalfd signals signbit signed signgam significand sigorset sigpause
    sigpending sigprocmask sigqueue sigrelse sigreturn sigset sigsetjmp sigsetmask sigstack sigsuspend sigtimedwait
    sigval sigwait sigwaitinfo sin sincos sinh sizeof sleep slots small snprintf sockaddr sockaddr_storage sockatmark
    socket socketpair splice sprintf sq sqrt srand srand48 srandom sscanf ssignal stat static static_assert static_cast
    statx statx_timestamp std stderr stdin stdout stpcpy stpncpy strcasecmp strcasestr strcat strchr strchrnul strcmp
    strcoll strcpy strcspn strdup strdupa strerror strerrordesc_np strerrorname_np strfromd strfromf strfromf128
    strfromf32 strfromf32x strfromf64 strfromf64x strfroml strfry strftime strlcat strlcpy strlen strncasecmp strncat
    strncmp strncpy strndup strndupa strnlen strpbrk strptime strrchr strsep strsignal strspn strstr strtod strtof
    strtof128 strtof32 strtof32x strtof64 strtof64x strtoimax strtok strtol strtold strtoq strtoul strtoumax strtouq
    struct strverscmp strxfrm sun swab swapon switch swprintf swscanf symlink symlinkat sync sync_file_range syncfs
    synchronized syscall sysconf sysinfo syslog system sysv_signal tan tanh tcdrain tcflow tcflush tcgetattr tcgetpgrp
    tcgetsid tcsendbreak tcsetattr tcsetpgrp tdelete tee telldir template termios tfind tgamma tgkill this thread_local
    throw time timegm timelocal timeradd timerclear timercmp timerfd_create timerisset timersub times timespec
    timespec_get timespec_getres timeval timex timezone tm tmpfile tmpnam tms toascii tolower tone totalorder
    totalordermag toupper towctrans towlower towupper transaction_safe true trunc truncate try tsearch ttyname ttyslot
    twalk typedef typeid typename typeof typeof_unqual tzname tzset u_char u_int u_long u_short ualarm ucred ufromfp
    ufromfpx uint ulong umask umount uname ungetc ungetwc union unix unlink unlinkat unlockpt unsetenv unshare unsigned
    uselocale ushort using usleep utime utimensat utimes valloc vax versionsort vfork vhangup virtual vmsplice void
    volatile wait wait3 wait4 waitid waitpid wcpcpy wcpncpy wcrtomb wcscasecmp wcscat wcschr wcschrnul wcscmp wcscoll
    wcscpy wcscspn wcsdup wcsftime wcslen wcsncasecmp wcsncat wcsncmp wcsncpy wcsnlen wcsnrtombs wcspbrk wcsrchr
    wcsrtombs wcsspn wcsstr wcstod wcstof wcstof128 wcstof32 wcstof32x wcstof64 wcstof64x wcstoimax wcstok wcstol
    wcstold wcstombs wcstoq wcstoul wcstoumax wcstouq wcswcs wcswidth wcsxfrm wctob wctomb wctrans wctype wcwidth while
    wmanifold wmemchr wmemcmp wmemcpy wmemmove wmempcpy wmemset word wordexp wordfree write xor xor_eq y0 y1 yield yn
""".split())


def namespace_of(stem):
    """Returns the namespace of a header: its name, with _model added if C++ or a common header may use that name."""
    wm.require_text("header", stem)
    if not re.fullmatch("[A-Za-z]([A-Za-z0-9]|_(?!_))*", stem) or stem.endswith("_"):
        raise wm.ModelError(f"expected a header whose name is letters, digits and single '_' between them, as clipper.hpp, "
                            f"got {wm.given(stem)}; the name becomes the namespace")
    base = re.sub(SUFFIXES, "", stem)
    is_taken = {stem, base, re.sub(SUFFIXES, "", base)} & TAKEN or re.fullmatch(FAMILIES, stem)
    return stem + "_model" if is_taken else stem


def comment(text):
    """Returns text that is safe in a comment of one line."""
    return re.sub(r"[^ -~]|[\\?]", "_", text)


def text_literal(text):
    """Returns the UTF-8 of a text as an ASCII literal of C++."""
    letters = (chr(byte) if 32 <= byte < 127 and byte not in b'"\\?' else f"\\{byte:03o}" for byte in text.encode())
    return '"' + "".join(letters) + '"'


def notes_code(scaling, knobs):
    """Returns the code of the model's notes as constants."""
    out = []
    if scaling:
        out += ["// Input scaling of the training. The network takes (x - mean) / scale, which scale_inputs() computes from x.",
                array("inputs_mean", "double", [mean for mean, _ in scaling])
                + array("inputs_scale", "double", [scale for _, scale in scaling]).rstrip(),
                """inline void scale_inputs(const Real* x, Real* scaled) {
  for (int i = 0; i < inputs; ++i) {
    scaled[i] = static_cast<Real>((static_cast<double>(x[i]) - inputs_mean[i]) / inputs_scale[i]);
  }
}
"""]
    if knobs:
        out += ["""// Range, name and unit of each coordinate of the context. The ends low and high stand for 0 and 1 of an interval, and
// for 0 and a whole turn of a circle. The share between them is (value - low) / (high - low); in a logarithmic range,
// that of the logarithms.
struct Knob {
  const char* name;  // in UTF-8
  const char* unit;
  double low, high;
  bool is_logarithmic;
};
constexpr Knob knobs[coordinates] = {"""]
        out += [f"    {{{text_literal(name)}, {text_literal(unit)}, {number(low)}, {number(high)}, {str(logarithmic).lower()}}},"
                for low, high, logarithmic, name, unit in knobs] + ["};\n"]
    return out


def usage(name, context, is_scaled):
    """Returns comments with code that uses the header. The context is that of the model's first test sample."""
    x, y = f"{name}::Real x[{name}::inputs] = {{}};", f"{name}::Real y[{name}::outputs];"
    lines = [x] + [f"{name}::scale_inputs(x, x);  // the network takes inputs scaled as in training"] * is_scaled
    if context is None:
        lines += [y, f"{name}::run(x, y);"]
    else:
        numbers = ", ".join(map(number, context))
        lines = ([f"const double context[] = {{{numbers}}};"] * bool(numbers) + [f"{name}::Network network;",
                 f"if (!{name}::at({'context' if numbers else 'nullptr'}, network)) return 1;  // false: no point of the topology"] +
                 lines + [y, "network(x, y);"])
    return ["// Use:", *(f"//   {line}" for line in lines)]


def type_of(model):
    """Returns BF16 or F16 if a model's file has all parameters in this type, else real."""
    kinds = {model.types.get(name, "real") for name in model.parameters()}
    return kinds.pop() if len(kinds) == 1 else "real"


def network_rounded(network, kind):
    """Returns a network with numbers that this type of 16 bits holds. Refuses numbers beyond its range."""
    return [(*wm.all_rounded({f"weight of layer {n}": weight, f"bias of layer {n}": bias}, kind).values(), activation)
            for n, (weight, bias, activation) in enumerate(network)]


def header(model, name, source, context=None, numbers=None):
    """Returns the text of a header: the whole manifold, or the network at a context. Parameters have the type "real",
    "bf16" or "f16"; by default that of the file for a manifold, and real for a network."""
    name = namespace_of(name)
    if not isinstance(model, wm.Model):
        raise wm.ModelError(f"expected a Model, got {wm.given(model)}")
    wm.require_text("source", source)
    kind = None if numbers is None else wm.require_numbers(numbers) or "real"
    if context is None:
        if kind is not None and kind != type_of(model):
            model = model.stored_as(numbers)
        kind = type_of(model)
    kind = kind or "real"
    real = "float" if model.metadata["real"] == "F32" else "double"
    topology, basis = model.metadata["topology"], model.metadata["basis"]
    layers = ", ".join(layer.text() for layer in model.layers)
    factors = wm.factors(topology, basis, model.tensors.get("basis.state", ()))
    strange = [factor.name for factor in factors if code_of(factor) not in BASES]
    if context is None and (strange or wm.rule_and_product(basis)[0]):
        known = [name for name, family in wm.BASES.items() if name in BASES or family.spaces == ("finite#",)]
        raise wm.ModelError(f"expected a basis of {', '.join(known)} or products of them, got '{basis}'; name a context for "
                            "a header with the network there")
    scaling, knobs = model.input_scaling(), model.knob_ranges()
    at = None
    if context is not None:
        network = model.at(context)
        network = network if kind == "real" else network_rounded(network, kind)
        at = wm.listed(np.asarray(context, float).reshape(-1))
        weights = {"weights": np.concatenate([flat(w[None], b[None])[0] for w, b, _ in network])}
    else:
        weights = {name: numbers for n in range(len(model.layers)) for name, numbers in layer_arrays(model, n).items()}
    stored = real if kind == "real" else kind
    parameters = sum(numbers.size for numbers in weights.values())
    arrays = [array(name, stored, numbers) for name, numbers in weights.items()]
    count = sum((layer.inputs + 1) * layer.outputs for layer in model.layers)
    inputs, outputs, contexts = (model.tensors[f"test.{part}"] for part in ("inputs", "outputs", "contexts"))
    out = [comment(f"// {layers}, over {topology} by {basis}{'' if at is None else f', at {at}'}"),
           comment(f"// Made by wmanifold_header.py from {source}. Do not edit; generate it again."),
           f"// {parameters} parameters as {STORED[kind][2] or real}, {parameters * SIZES[stored]} bytes.",
           *usage(name, contexts[0] if context is None else None, bool(scaling)),
           "#pragma once\n\n#include <cfloat>\n#include <cmath>\n#include <cstdint>\n#include <cstring>\n",
           f"namespace {name} {{\n\nusing Real = {real};\n",
           f"constexpr int inputs = {model.layers[0].inputs};\nconstexpr int outputs = {model.layers[-1].outputs};",
           f"constexpr int numbers = {count};  // weights and biases of the network at a context"]
    if context is None:
        out += [f"constexpr int coordinates = {contexts.shape[1]};  // numbers of a context",
                f"constexpr int rows = {math.prod(factor.size for factor in factors)};  // K"]
        out += ["", *notes_code(scaling, knobs)]
        own, network_kind = rows_code(arrays, model, factors, kind), "real"
        use = at_code(model, factors)
        call = f"at({'contexts[b]' if contexts.size else 'nullptr'}, network)"
        test = test_code(inputs, outputs, contexts, real,
                         f"Network network;\n    if (!{call}) return DBL_MAX;\n    network(x[b], y);")
    else:
        out += ["", *notes_code(scaling, [])]
        own, network_kind = arrays, kind
        use = ["// Takes `inputs` numbers and writes `outputs` numbers.",
               "inline void run(const Real* x, Real* y) { detail::run(detail::weights, x, y); }\n"]
        outputs = np.stack([wm.evaluate(network, x) for x in inputs])
        test = test_code(inputs, outputs, np.empty(0), real, "run(x[b], y);")
    widened = [WIDENED[kind]] if kind in WIDENED else []
    out += ["namespace detail {\n", IS_FINITE, *widened, *own, *run_code(model.layers, network_kind), "}  // namespace detail\n", *use, *test]
    return "\n".join(out) + f"\n}}  // namespace {name}\n"


def work(arguments):
    if arguments in (["--help"], ["-h"]):
        return wm.say((__doc__ or "").strip())
    given, numbers = arguments, None
    if arguments[-2:-1] == ["--numbers"]:
        arguments, numbers = arguments[:-2], arguments[-1]
    if len(arguments) not in (2, 3) or "--numbers" in arguments:
        raise wm.ModelError(f"expected 'MODEL OUT.hpp' or 'MODEL OUT.hpp CONTEXT', and perhaps '--numbers "
                            f"{'|'.join(wm.NUMBERS)}', got '{' '.join(given)}'; see --help")
    model, out = arguments[:2]
    name = pathlib.Path(out).stem
    namespace_of(name)
    context = wm.context_from(arguments[2]) if len(arguments) == 3 else None
    wm.require_another(model, out)
    text = header(wm.Model.load(model), name, pathlib.Path(model).name, context, numbers)
    wm.replace_file(out, [text.encode("ascii")])


def main(arguments):
    wm.program(work, arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
