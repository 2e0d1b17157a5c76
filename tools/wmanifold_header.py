#!/usr/bin/env python3
"""A model of wmanifold as one C++14 header, for firmware and plug-ins without a file system.

    wmanifold_header.py MODEL OUT.hpp              the whole manifold: at(s, network) forms the network at a context
    wmanifold_header.py MODEL OUT.hpp 0.5,0.25     the network at a context (its coordinates), a constant

The header needs <cmath> and nothing else, does not allocate, throw or lock, and has its numbers as constexpr arrays. Its
namespace is OUT. It carries the model's test vector: off_by() is the largest error against it.
"""

import math
import pathlib
import re
import sys

import numpy as np

import wmanifold_model as wm

# phi(s) of one factor, into out.
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
// The part of an exponent a of share i, and of all shares before it by `value`; out moves on.
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
  double u[degree + 1][2] = {{1, 0}}, v[degree + 1][2] = {{1, 0}};  // powers of w + i z and x + i y
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
// The row of a discrete context.
template <int contexts, int size>
inline void look_up(const double (&rows_of)[contexts][size], const double* s, double* out) {
  const int row = s[0] > 0 ? s[0] < contexts - 1 ? static_cast<int>(s[0]) : contexts - 1 : 0;
  for (int k = 0; k < size; ++k) out[k] = rows_of[row][k];
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


def array(name, kind, numbers):
    """constexpr kind name[rows][columns], or name[count]."""
    numbers = np.asarray(numbers)
    digits, suffix = (9, "f") if kind == "float" else (17, "")

    def text(number):
        written = f"{number:.{digits}g}"
        return (written if re.search("[.e]", written) else written + ".") + suffix

    def wrapped(row):
        lines, line = [], ""
        for number in row:
            if len(line) > 110:
                lines.append(line.rstrip())
                line = ""
            line += text(number) + ", "
        return "\n    ".join(lines + [line.rstrip(", ")])

    sizes = "".join(f"[{size}]" for size in numbers.shape)
    body = wrapped(numbers) if numbers.ndim == 1 else "},\n   {".join(wrapped(row) for row in numbers)
    inner = f"{{{body}}}" if numbers.ndim == 1 else f"{{\n   {{{body}}}}}"
    return f"constexpr {kind} {name}{sizes} = {inner};\n"


def flat(weight, bias):
    """Rows x out x in and rows x out as rows of (in + 1) x out, as the network keeps them."""
    rows = len(weight)
    return np.concatenate([weight.transpose(0, 2, 1).reshape(rows, -1), bias.reshape(rows, -1)], 1)


def layer_rows(model, n):
    """What is mixed to layer n, and by which coefficients: `phi`, which has a 1 behind its last."""
    layer = model.layers[n]
    tensors = {part: model.tensors.get(f"layer.{n}.{part}") for part in ("weight", "bias", "right", "left", "scales")}
    if layer.kind == "dense":
        return flat(tensors["weight"], tensors["bias"]), "phi"
    base = flat(tensors["weight"][None], tensors["bias"][None])
    if layer.kind == "shared":
        return base, "phi + rows"
    left, right, scales = (tensors[part].astype(float) for part in ("left", "right", "scales"))
    moves = np.einsum("or,kr,ir->koi", left, scales, right)
    return np.concatenate([flat(moves[:, :, :-1], moves[:, :, -1]), base]), "phi"


def run_code(layers):
    """The network, from its numbers as `mix` leaves them."""
    out = ["""// y = W x + b; the weights of one input lie next to each other.
template <int in, int out>
inline void dense(const Real* layer, const Real* x, Real* y) {
  for (int o = 0; o < out; ++o) y[o] = layer[in * out + o];
  for (int i = 0; i < in; ++i) {
    for (int o = 0; o < out; ++o) y[o] += x[i] * layer[i * out + o];
  }
}
"""]
    for activation in sorted({layer.activation for layer in layers} - {"identity"}):
        out.append(f"inline Real {activation}(Real x) {{ return {ACTIVATIONS[activation]}; }}\n")
    out.append("inline void run(const Real* network, const Real* x, Real* y) {")
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
    """The name of its code: a table of values, where contexts are discrete."""
    return "table" if factor.kind == "finite#" else factor.name


def call_of(factor, n, place):
    """phi of factor n at s + place, into own."""
    if factor.kind == "finite#":
        return f"look_up(detail::table_{n}, s + {place}, own)"
    shares = f", {factor.coordinates}" if factor.name == "bernstein_bezier" else ""
    return f"{factor.name}<{factor.order}{shares}>(s + {place}, own)"


def rows_code(model, factors, real):
    """The rows of all layers, the basis, and what mixes the one by the other."""
    out = [array(f"layer_{n}", real, layer_rows(model, n)[0]) for n in range(len(model.layers))]
    for n, factor in enumerate(factors):
        if factor.kind == "finite#":
            out.append(array(f"table_{n}", "double", factor.values(np.arange(len(wm.graph(factor.space)))[:, None])))
    out += [BASES[name].strip() + "\n" for name in sorted({code_of(factor) for factor in factors})]
    out.append("""// to[n] = sum_k coefficients[k] from[k][n]
template <int count, int size>
inline void mix(const double* coefficients, const Real (&from)[count][size], Real* to) {
  for (int n = 0; n < size; ++n) to[n] = 0;
  for (int k = 0; k < count; ++k) {
    const Real c = static_cast<Real>(coefficients[k]);
    for (int n = 0; n < size; ++n) to[n] += c * from[k][n];
  }
}
""")
    return out


def at_code(model, factors):
    """The network at a context."""
    out = ["""// The network at a context: operator() takes inputs numbers and gives outputs.
struct Network {
  Real values[numbers];
  void operator()(const Real* x, Real* y) const { detail::run(values, x, y); }
};

// Forms the network at a context, named as the library names it; an interval's numbers are cut to [0, 1], those of
// discrete contexts to what there is.
inline void at(const double* context, Network& network) {
  double s[coordinates + 1];
  double phi[rows + 1];  // and 1, of what all contexts share"""]
    place = 0
    for factor in factors:
        for c in range(place, place + factor.coordinates):
            cut = f"context[{c}] > 0 ? context[{c}] < 1 ? context[{c}] : 1 : 0"
            turned = f"2 * context[{c}]" if factor.space == "rp1" else f"context[{c}]"
            out.append(f"  s[{c}] = {cut if factor.space == 'interval' else turned};")
        place += factor.coordinates
    if place == 0:
        out.append("  (void)context;")
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
        out.append(f"  detail::mix({layer_rows(model, n)[1]}, detail::layer_{n}, network.values + {offset});")
        offset += (layer.inputs + 1) * layer.outputs
    return out + ["}\n"]


def test_code(inputs, outputs, contexts, real, evaluation):
    """The model's test vector."""
    arrays = [("contexts", "double", contexts)] if contexts.size else []
    arrays += [("x", real, inputs), ("expected", real, outputs)]
    out = ["// The largest error over the model's own test vector: some roundings where all is well.",
           "inline double off_by() {"]
    out += ["  " + array(*each).replace("\n", "\n  ").rstrip() for each in arrays]
    out.append(f"""  double most = 0;
  for (int b = 0; b < {len(inputs)}; ++b) {{
    Real y[outputs];
    {evaluation}
    for (int o = 0; o < outputs; ++o) {{
      const double error = std::fabs(static_cast<double>(y[o]) - static_cast<double>(expected[b][o]));
      if (!(error <= most)) most = error;
    }}
  }}
  return most;
}}
""")
    return out


def header(model, name, source, context=None):
    """The text of a header, of the whole manifold or of the network at a context."""
    if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name):
        raise wm.ModelError(f"expected a header whose name makes a namespace, as clipper.hpp, got '{name}'")
    real = "float" if model.metadata["real"] == "F32" else "double"
    topology, basis, layers = (model.metadata[key] for key in ("topology", "basis", "layers"))
    factors = wm.factors(topology, basis, model.tensors.get("basis.state", ()))
    strange = [factor.name for factor in factors if code_of(factor) not in BASES]
    if context is None and (strange or wm.rule_and_product(basis)[0]):
        known = [name for name, family in wm.BASES.items() if name in BASES or family.spaces == ("finite#",)]
        raise wm.ModelError(f"expected a basis of {', '.join(known)} or products of them, got '{basis}'; name a context, "
                            "and the header has the network there")
    numbers = sum((layer.inputs + 1) * layer.outputs for layer in model.layers)
    inputs, outputs, contexts = (model.tensors[f"test.{part}"] for part in ("inputs", "outputs", "contexts"))
    out = [f"// {layers}, over {topology} by {basis}{'' if context is None else f', at {context}'}",
           f"// Made by wmanifold_header.py from {source}: make it anew rather than edit it.",
           f"#pragma once\n\n#include <cmath>\n\nnamespace {name} {{\n\nusing Real = {real};\n",
           f"constexpr int inputs = {model.layers[0].inputs};\nconstexpr int outputs = {model.layers[-1].outputs};",
           f"constexpr int numbers = {numbers};  // weights and biases of the network at a context"]
    if context is None:
        out += [f"constexpr int coordinates = {contexts.shape[1]};  // of a context",
                f"constexpr int rows = {math.prod(factor.size for factor in factors)};  // K"]
        own = rows_code(model, factors, real)
        use = at_code(model, factors)
        at = f"at({'contexts[b]' if contexts.size else 'nullptr'}, network);"
        test = test_code(inputs, outputs, contexts, real, f"Network network;\n    {at}\n    network(x[b], y);")
    else:
        network = model.at(context)
        own = [array("weights", real, np.concatenate([flat(w[None], b[None])[0] for w, b, _ in network]))]
        use = ["// Takes inputs numbers and gives outputs.",
               "inline void run(const Real* x, Real* y) { detail::run(detail::weights, x, y); }\n"]
        outputs = np.stack([wm.evaluate(network, x) for x in inputs])
        test = test_code(inputs, outputs, np.empty(0), real, "run(x[b], y);")
    out += ["\nnamespace detail {\n", *own, *run_code(model.layers), "}  // namespace detail\n", *use, *test]
    return "\n".join(out) + f"\n}}  // namespace {name}\n"


def main(arguments):
    if len(arguments) not in (2, 3):
        sys.exit(__doc__)
    try:
        path = pathlib.Path(arguments[1])
        context = wm.context_from(arguments[2]) if len(arguments) == 3 else None
        text = header(wm.Model.load(arguments[0]), path.stem, pathlib.Path(arguments[0]).name, context)
        path.write_text(text)
    except (wm.ModelError, OSError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
