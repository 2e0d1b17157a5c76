#pragma once

#include <wmanifold/network/layer_list.hpp>
#include <wmanifold/network/stack.hpp>

#include <support/bounded.hpp>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

/// A batch through plain loops, forward and back, from the parameters, the coefficients of each sample, the inputs and
/// the gradient of the outputs. The bounds hold for every order and grouping of the sums.
template <wmanifold::Real R>
class Reference {
  using Index = wmanifold::Index;
  using Layer = wmanifold::DenseLayout;
  using Stack = wmanifold::Stack<wmanifold::LayerList>;

 public:
  BoundedMatrix outputs;               ///< samples x outputs
  BoundedParameters gradient;          ///< of the parameters
  BoundedMatrix input_gradient;        ///< samples x inputs
  BoundedMatrix coefficient_gradient;  ///< samples x K

  Reference(Stack const& stack, BoundedParameters parameters, BoundedMatrix phi, wmanifold::Matrix<R> const& inputs,
            wmanifold::Matrix<R> const& slopes)
      : stack_(stack), parameters_(std::move(parameters)), phi_(std::move(phi)), values_{exact(inputs)} {
    // Samples of equal coefficients have the same weights, which are mixed once.
    for (Index b = 0; b < phi_.rows; ++b) {
      bool is_new = b == 0;
      for (Index k = 0; k < phi_.columns; ++k) {
        is_new = is_new || phi_(b, k).value != phi_(b - 1, k).value || phi_(b, k).error != phi_(b - 1, k).error;
      }
      networks_.push_back(b == 0 ? 0 : networks_.back() + (is_new ? 1 : 0));
    }
    for (Index l = 0; l < stack_.depth(); ++l) {
      forward(l);
    }
    outputs = values_.back();
    gradient = {{parameters_.rows.rows, parameters_.rows.columns}, {1, parameters_.shared.columns}};
    dphi_.resize(at(phi_.rows * phi_.columns));
    BoundedMatrix delta = exact(slopes);
    for (Index l = stack_.depth(); l-- > 0;) {
      delta = backward(l, std::move(delta));
    }
    input_gradient = std::move(delta);
    coefficient_gradient = {phi_.rows, phi_.columns};
    for (std::size_t n = 0; n < dphi_.size(); ++n) {
      coefficient_gradient.numbers[n] = dphi_[n].result(terms_of_phi_);
    }
  }

  /// The weights of the network of sample b, layer by layer.
  [[nodiscard]] std::vector<Bounded> network(Index b) const {
    std::vector<Bounded> all;
    for (Index l = 0; l < stack_.depth(); ++l) {
      Layer const& s = stack_.dense(l);
      for (Index n = 0; n < s.size(); ++n) {
        if (has_gains(s)) {
          Index const o = n % s.outputs;
          all.push_back(n < s.weights() ? product<R>(gain(l, b, o), weight(l, b, n / s.outputs, o))
                                        : scales_[at(l)](b, s.outputs + o));
          continue;
        }
        Sum<R> sum;
        sum.add(weight(l, b, n / s.outputs, n % s.outputs));
        for (Index r = 0; r < s.rank; ++r) {
          sum.add(product<R>(right(s, n / s.outputs, r), scales_[at(l)](b, r)), left(s, r, n % s.outputs));
        }
        all.push_back(sum.result(s.rank));
      }
    }
    return all;
  }

 private:
  static std::size_t at(Index n) { return static_cast<std::size_t>(n); }

  /// Input i of layer l; the last is always 1.
  [[nodiscard]] Bounded input(Index l, Index b, Index i) const {
    auto const& x = values_[at(l)];
    return i < x.columns ? x(b, i) : 1;
  }
  static bool has_gains(Layer const& s) { return s.placement == wmanifold::Placement::gains; }
  /// 1 + a of output o of a layer of gains.
  [[nodiscard]] Bounded gain(Index l, Index b, Index o) const {
    Sum<R> sum;
    sum.add(1);
    sum.add(scales_[at(l)](b, o));
    return sum.result(1);
  }
  /// The weight of input i and output o of layer l for sample b; of a low-rank layer or of gains, that of W_0.
  [[nodiscard]] Bounded const& weight(Index l, Index b, Index i, Index o) const {
    Layer const& s = stack_.dense(l);
    return s.placement == wmanifold::Placement::manifold ? mixed_[at(l)][at(networks_[at(b)])](i, o)
                                                         : parameters_.shared(0, s.shared_offset + i * s.outputs + o);
  }
  [[nodiscard]] Bounded const& right(Layer const& s, Index i, Index r) const {
    return parameters_.shared(0, s.right_offset() + i * s.rank + r);
  }
  [[nodiscard]] Bounded const& left(Layer const& s, Index r, Index o) const {
    return parameters_.shared(0, s.left_offset() + r * s.outputs + o);
  }
  /// The weights of a layer on the manifold. Mixing counts as if all terms of an output were one sum.
  [[nodiscard]] BoundedMatrix mix(Layer const& s, Index b) const {
    BoundedMatrix weights(s.inputs + 1, s.outputs);
    for (Index n = 0; n < s.size(); ++n) {
      Sum<R> sum;
      for (Index k = 0; k < phi_.columns; ++k) {
        sum.add(phi_(b, k), parameters_.rows(k, s.row_offset + n));
      }
      weights.numbers[at(n)] = sum.result(phi_.columns * std::max(s.inputs + 1, s.outputs));
    }
    return weights;
  }

  void forward(Index l) {
    Layer const& s = stack_.dense(l);
    Index const samples = phi_.rows;
    std::string_view name;
    stack_.with_activation(l, [&]<class A>(A const&) { name = A::name; });
    BoundedMatrix y(samples, s.outputs);
    BoundedMatrix slope(samples, s.outputs);
    bool const is_mixed = s.placement == wmanifold::Placement::manifold;
    BoundedMatrix projected(samples, has_gains(s) ? s.outputs : s.rank);
    scales_.emplace_back(samples, is_mixed ? 0 : s.row_size());
    BoundedMatrix& scale = scales_.back();
    mixed_.emplace_back();
    for (Index b = 0; b < samples; ++b) {
      if (is_mixed && networks_[at(b)] == std::ssize(mixed_.back())) {
        mixed_.back().push_back(mix(s, b));
      }
      for (Index r = 0; r < scale.columns; ++r) {
        Sum<R> sum;
        for (Index k = 0; k < phi_.columns; ++k) {
          sum.add(phi_(b, k), parameters_.rows(k, s.row_offset + r));
        }
        scale(b, r) = sum.result(phi_.columns);
      }
      for (Index r = 0; r < s.rank; ++r) {
        Sum<R> sum;
        for (Index i = 0; i <= s.inputs; ++i) {
          sum.add(input(l, b, i), right(s, i, r));
        }
        projected(b, r) = sum.result(s.inputs + 1);
      }
      for (Index o = 0; o < s.outputs; ++o) {
        Sum<R> sum;
        for (Index i = 0; i < s.inputs + (has_gains(s) ? 0 : 1); ++i) {
          sum.add(input(l, b, i), weight(l, b, i, o));
        }
        for (Index r = 0; r < s.rank; ++r) {
          sum.add(product<R>(projected(b, r), scale(b, r)), left(s, r, o));
        }
        if (has_gains(s)) {
          projected(b, o) = sum.result(s.inputs);
          sum = {};
          sum.add(gain(l, b, o), projected(b, o));
          sum.add(scale(b, s.outputs + o));
        }
        auto const done = activated<R>(name, sum.result(s.inputs + 1 + 2 * s.rank));
        y(b, o) = done.value;
        slope(b, o) = done.slope;
      }
    }
    values_.push_back(std::move(y));
    slopes_.push_back(std::move(slope));
    projected_.push_back(std::move(projected));
  }

  /// Turns the gradient of the layer's outputs into that of its inputs.
  BoundedMatrix backward(Index l, BoundedMatrix delta) {
    Layer const& s = stack_.dense(l);
    for (std::size_t n = 0; n < delta.numbers.size(); ++n) {
      delta.numbers[n] = product<R>(delta.numbers[n], slopes_[at(l)].numbers[n]);
    }
    BoundedMatrix aside(delta.rows, s.rank);  // gradient of a low-rank layer's scaled values
    for (Index b = 0; b < delta.rows; ++b) {
      for (Index r = 0; r < s.rank; ++r) {
        Sum<R> sum;
        for (Index o = 0; o < s.outputs; ++o) {
          sum.add(delta(b, o), left(s, r, o));
        }
        aside(b, r) = sum.result(s.outputs);
      }
    }
    backward_coefficients(l, delta, aside);
    if (has_gains(s)) {
      backward_gains(l, delta);
      for (Index b = 0; b < delta.rows; ++b) {
        for (Index o = 0; o < s.outputs; ++o) {
          delta(b, o) = product<R>(delta(b, o), gain(l, b, o));  // of W_0 x
        }
      }
    }
    backward_weights(l, delta);
    backward_low_rank(l, delta, aside);
    BoundedMatrix before(delta.rows, s.inputs);
    for (Index b = 0; b < delta.rows; ++b) {
      for (Index i = 0; i < s.inputs; ++i) {
        Sum<R> sum;
        for (Index o = 0; o < s.outputs; ++o) {
          sum.add(delta(b, o), weight(l, b, i, o));
        }
        for (Index r = 0; r < s.rank; ++r) {
          sum.add(product<R>(aside(b, r), scales_[at(l)](b, r)), right(s, i, r));
        }
        before(b, i) = sum.result(s.outputs + s.rank);
      }
    }
    return before;
  }

  /// The sum of a(b) times c(b) over all samples.
  template <class A, class C>
  [[nodiscard]] Bounded over_samples(A const& a, C const& c) const {
    Sum<R> sum;
    for (Index b = 0; b < phi_.rows; ++b) {
      sum.add(a(b), c(b));
    }
    return sum.result(phi_.rows);
  }

  /// Writes the gradient of W_k, of the W of all contexts, or of W_0.
  void backward_weights(Index l, BoundedMatrix const& delta) {
    Layer const& s = stack_.dense(l);
    for (Index n = 0; n < (has_gains(s) ? s.weights() : s.size()); ++n) {
      auto const x = [&](Index b) { return input(l, b, n / s.outputs); };
      auto const d = [&](Index b) { return delta(b, n % s.outputs); };
      if (s.placement != wmanifold::Placement::manifold) {
        gradient.shared(0, s.shared_offset + n) = over_samples(x, d);
        continue;
      }
      for (Index k = 0; k < phi_.columns; ++k) {
        gradient.rows(k, s.row_offset + n) = over_samples([&](Index b) { return product<R>(phi_(b, k), x(b)); }, d);
      }
    }
  }

  /// Writes the gradients of V, U and A of a low-rank layer.
  void backward_low_rank(Index l, BoundedMatrix const& delta, BoundedMatrix const& aside) {
    Layer const& s = stack_.dense(l);
    BoundedMatrix const& projected = projected_[at(l)];
    BoundedMatrix const& scale = scales_[at(l)];
    for (Index r = 0; r < s.rank; ++r) {
      for (Index i = 0; i <= s.inputs; ++i) {
        gradient.shared(0, s.right_offset() + i * s.rank + r) = over_samples(
            [&](Index b) { return input(l, b, i); }, [&](Index b) { return product<R>(aside(b, r), scale(b, r)); });
      }
      for (Index o = 0; o < s.outputs; ++o) {
        gradient.shared(0, s.left_offset() + r * s.outputs + o) = over_samples(
            [&](Index b) { return product<R>(projected(b, r), scale(b, r)); }, [&](Index b) { return delta(b, o); });
      }
      for (Index k = 0; k < phi_.columns; ++k) {
        gradient.rows(k, s.row_offset + r) = over_samples(
            [&](Index b) { return phi_(b, k); }, [&](Index b) { return product<R>(aside(b, r), projected(b, r)); });
      }
    }
  }

  /// Writes the gradients of A and B of a layer of gains.
  void backward_gains(Index l, BoundedMatrix const& delta) {
    Layer const& s = stack_.dense(l);
    for (Index k = 0; k < phi_.columns; ++k) {
      auto const phi = [&](Index b) { return phi_(b, k); };
      for (Index o = 0; o < s.outputs; ++o) {
        gradient.rows(k, s.row_offset + o) =
            over_samples(phi, [&](Index b) { return product<R>(delta(b, o), projected_[at(l)](b, o)); });
        gradient.rows(k, s.row_offset + s.outputs + o) = over_samples(phi, [&](Index b) { return delta(b, o); });
      }
    }
  }

  /// Adds a layer's part to the gradient of the coefficients.
  void backward_coefficients(Index l, BoundedMatrix const& delta, BoundedMatrix const& aside) {
    Layer const& s = stack_.dense(l);
    bool const is_mixed = s.placement == wmanifold::Placement::manifold;
    for (Index b = 0; b < delta.rows; ++b) {
      auto const add = [&](Index n, Bounded const& factor) {
        for (Index k = 0; k < phi_.columns; ++k) {
          dphi_[at(b * phi_.columns + k)].add(parameters_.rows(k, s.row_offset + n), factor);
        }
      };
      for (Index n = 0; is_mixed && n < s.size(); ++n) {
        add(n, product<R>(input(l, b, n / s.outputs), delta(b, n % s.outputs)));
      }
      for (Index r = 0; r < s.rank; ++r) {
        add(r, product<R>(aside(b, r), projected_[at(l)](b, r)));
      }
      for (Index o = 0; has_gains(s) && o < s.outputs; ++o) {
        add(o, product<R>(delta(b, o), projected_[at(l)](b, o)));
        add(s.outputs + o, delta(b, o));
      }
    }
    terms_of_phi_ += s.row_size();
  }

  Stack const& stack_;
  BoundedParameters parameters_;
  BoundedMatrix phi_;
  std::vector<Index> networks_;                    // of each sample: the number of its mixed weights
  std::vector<std::vector<BoundedMatrix>> mixed_;  // per layer: the weights of each network
  std::vector<BoundedMatrix> values_;              // inputs, then the outputs of each layer
  std::vector<BoundedMatrix> slopes_;              // per layer: the activation's derivatives
  std::vector<BoundedMatrix> projected_;           // per layer: V^T x, or W_0 x
  std::vector<BoundedMatrix> scales_;              // per layer: A phi, or A^T phi and B^T phi
  std::vector<Sum<R>> dphi_;                       // samples x K
  Index terms_of_phi_ = 0;
};

}  // namespace support
