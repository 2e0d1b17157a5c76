#pragma once

#include <wmanifold/autodiff/functions.hpp>
#include <wmanifold/core/error.hpp>
#include <wmanifold/core/real.hpp>

#include <array>
#include <compare>
#include <span>
#include <vector>

namespace wmanifold {

/// A tape for reverse-mode differentiation.
template <Real R>
class Tape;

/// A number on a tape, or a constant (on no tape). The tape records its arithmetic.
template <Real R>
class Variable {
 public:
  /// The type of the value.
  using value_type = R;

  /// The value.
  R value = 0;

  /// The constant 0.
  Variable() = default;
  /// A constant.
  Variable(R constant) noexcept : value(constant) {}

  /// Returns f(x) for a function with this value and slope at x: the chain rule.
  [[nodiscard]] Variable chained(R f, R slope) const { return joined(*this, {}, f, slope, R{0}); }

  /// Arithmetic, recorded on the tape of the operands.
  friend Variable operator-(Variable const& a) { return a.chained(-a.value, R{-1}); }
  friend Variable operator+(Variable const& a, Variable const& b) {
    return joined(a, b, a.value + b.value, R{1}, R{1});
  }
  friend Variable operator-(Variable const& a, Variable const& b) {
    return joined(a, b, a.value - b.value, R{1}, R{-1});
  }
  friend Variable operator*(Variable const& a, Variable const& b) {
    return joined(a, b, a.value * b.value, b.value, a.value);
  }
  friend Variable operator/(Variable const& a, Variable const& b) {
    R const q = a.value / b.value;
    return joined(a, b, q, R{1} / b.value, -q / b.value);
  }
  /// Adds in place.
  Variable& operator+=(Variable const& b) { return *this = *this + b; }
  /// Subtracts in place.
  Variable& operator-=(Variable const& b) { return *this = *this - b; }
  /// Multiplies in place.
  Variable& operator*=(Variable const& b) { return *this = *this * b; }
  /// Divides in place.
  Variable& operator/=(Variable const& b) { return *this = *this / b; }

  /// Comparisons of the values.
  friend bool operator==(Variable const& a, Variable const& b) noexcept { return a.value == b.value; }
  friend auto operator<=>(Variable const& a, Variable const& b) noexcept { return a.value <=> b.value; }

 private:
  friend Tape<R>;

  static Variable joined(Variable const& a, Variable const& b, R f, R by_a, R by_b);

  Tape<R>* tape_ = nullptr;
  Index node_ = -1;
};

/// A tape for reverse-mode differentiation: a list of operations, each with the slopes in its one or two operands.
/// `backward` walks the list in a loop, so an expression of any length needs no stack. It belongs to one thread;
/// `clear` keeps the memory.
template <Real R>
class Tape {
 public:
  /// An empty tape.
  Tape() = default;
  Tape(Tape const&) = delete;  // variables hold the address of their tape
  Tape& operator=(Tape const&) = delete;

  /// Returns a new variable of this tape, to differentiate with respect to.
  [[nodiscard]] Variable<R> variable(R value) { return record(value, {}); }

  /// Removes all variables and keeps the memory.
  void clear() noexcept { nodes_.clear(); }

  /// Returns the number of recorded variables and operations.
  [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }

  /// Computes sum_i seeds[i] d outputs[i] / d v for every v on the tape; `gradient` returns it. ArgumentError for an
  /// output of another tape, or other than one seed per output. Outputs may be constants.
  void backward(std::span<Variable<R> const> outputs, std::span<R const> seeds) {
    require_count("tape", "seeds, one per output", static_cast<Index>(outputs.size()),
                  static_cast<Index>(seeds.size()));
    for (auto const& output : outputs) {
      if (output.tape_ != nullptr && output.tape_ != this) [[unlikely]] {
        fail("tape: expected outputs of this tape, got one of another tape");
      }
    }
    adjoints_.assign(nodes_.size(), R{0});
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (outputs[i].node_ >= 0) {
        adjoints_[static_cast<std::size_t>(outputs[i].node_)] += seeds[i];
      }
    }
    for (std::size_t i = nodes_.size(); i-- > 0;) {
      for (auto const& [operand, slope] : nodes_[i]) {
        if (operand >= 0) {
          adjoints_[static_cast<std::size_t>(operand)] += slope * adjoints_[i];
        }
      }
    }
  }

  /// Computes the derivatives of one output, with seed 1.
  void backward(Variable<R> const& output) {
    R const one = 1;
    backward({&output, 1}, {&one, 1});
  }

  /// Computes the derivative of every v on the tape as the inputs move along `tangents`; `tangent` returns it.
  /// ArgumentError for an input that is no variable of this tape, or other than one tangent per input.
  void forward(std::span<Variable<R> const> inputs, std::span<R const> tangents) {
    require_count("tape", "tangents, one per input", static_cast<Index>(inputs.size()),
                  static_cast<Index>(tangents.size()));
    for (auto const& input : inputs) {
      if (input.tape_ != this) [[unlikely]] {
        fail(
            "tape: expected inputs of this tape, got a constant or one of another tape; make inputs by "
            "tape.variable(value)");
      }
    }
    adjoints_.assign(nodes_.size(), R{0});
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      adjoints_[static_cast<std::size_t>(inputs[i].node_)] = tangents[i];
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      for (auto const& [operand, slope] : nodes_[i]) {
        if (operand >= 0) {
          adjoints_[i] += slope * adjoints_[static_cast<std::size_t>(operand)];
        }
      }
    }
  }

  /// Returns, after `forward`, the derivative of `variable`; 0 for a constant.
  [[nodiscard]] R tangent(Variable<R> const& variable) const noexcept { return gradient(variable); }

  /// Returns, after `backward`, the derivative in `variable`; 0 for a constant.
  [[nodiscard]] R gradient(Variable<R> const& variable) const noexcept {
    return variable.node_ < 0 ? R{0} : adjoints_[static_cast<std::size_t>(variable.node_)];
  }

 private:
  friend Variable<R>;

  struct Operand {
    Index node = -1;
    R slope = 0;
  };
  using Node = std::array<Operand, 2>;

  Variable<R> record(R value, Node const& node) {
    Variable<R> result(value);
    result.tape_ = this;
    result.node_ = static_cast<Index>(nodes_.size());
    nodes_.push_back(node);
    return result;
  }

  std::vector<Node> nodes_;
  std::vector<R> adjoints_;  // or tangents: the last that were computed
};

template <Real R>
Variable<R> Variable<R>::joined(Variable const& a, Variable const& b, R f, R by_a, R by_b) {
  Tape<R>* const tape = a.tape_ != nullptr ? a.tape_ : b.tape_;
  if (tape == nullptr) {
    return Variable(f);
  }
  return tape->record(f, {{{a.node_, by_a}, {b.node_, by_b}}});
}

}  // namespace wmanifold
