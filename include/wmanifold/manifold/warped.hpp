#pragma once

#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/manifold/warp.hpp>

namespace wmanifold {

/// A manifold over the interval whose context is first bent by a learned monotone warp: M(s) = phi(u(s))^T P (equation
/// 13). Where the task changes fast in s, the warp spends more of the curve. Its numbers theta follow the layers' in
/// parameters().shared(). Layers lie on the manifold or are shared.
template <Real R, Basis B, int degree, class... Layers>
class WarpedManifold {
  static_assert(std::same_as<typename B::Topology, Interval>,
                "wmanifold: a warp bends the interval; a basis on another topology has no order to keep");

 public:
  using Curve = BasicManifold<R, B, Layers...>;
  using Scalar = R;
  using Basis = B;
  using Topology = Interval;
  using Point = wmanifold::Point<Interval>;
  using Stack = typename Curve::Stack;
  using Network = typename Curve::Network;
  static constexpr int warp_degree = degree;

  /// From a manifold, bent nowhere: u(s) = s. `price` is what it costs to move contexts along the curve, beside the
  /// movement of weights: price (E_s (du)^2 + |dtheta|^2 / 1000). It keeps the warp still where the curve is too
  /// straight to tell u, and theta finite where a step of the warp vanishes; 0 is for study. ArgumentError for a
  /// low-rank layer, or a price that is negative or not finite.
  explicit WarpedManifold(Curve curve, double price = 1) : curve_(std::move(curve)), price_(price) {
    if (!(is_finite(price) && price >= 0)) [[unlikely]] {
      fail("warped manifold: expected a price of at least 0, got ", price);
    }
    require_parameters(std::as_const(curve_).parameters());
    for (Index l = 0; l < stack().depth(); ++l) {
      if (stack().dense(l).placement == Placement::low_rank) [[unlikely]] {
        fail("warped manifold: expected layers on the manifold or shared, got dense layer ", l, ", which is low-rank");
      }
    }
    auto const& own = std::as_const(curve_).parameters();
    Parameters<R> wider(own.rows(), own.columns(), static_cast<Index>(own.shared().size()) + degree);
    wider.matrix() = own.matrix();
    std::copy(own.shared().begin(), own.shared().end(), wider.shared().begin());
    curve_.parameters() = std::move(wider);
  }

  [[nodiscard]] B const& basis() const noexcept { return curve_.basis(); }
  [[nodiscard]] Stack const& stack() const noexcept { return curve_.stack(); }
  [[nodiscard]] Index inputs() const noexcept { return curve_.inputs(); }
  [[nodiscard]] Index outputs() const noexcept { return curve_.outputs(); }
  [[nodiscard]] static constexpr Index rows() noexcept { return Curve::rows(); }
  [[nodiscard]] double price() const noexcept { return price_; }

  /// The rows, and what all contexts share: shared layers, then theta.
  [[nodiscard]] Parameters<R>& parameters() noexcept { return curve_.parameters(); }
  [[nodiscard]] Parameters<R> const& parameters() const noexcept { return curve_.parameters(); }
  [[nodiscard]] std::span<R> theta() noexcept { return theta_in(parameters()); }
  [[nodiscard]] std::span<R const> theta() const noexcept { return theta_in(parameters()); }
  /// Theta's part of a block of the same sizes.
  [[nodiscard]] static std::span<R> theta_in(Parameters<R>& block) noexcept {
    return block.shared().last(std::min(size, block.shared().size()));  // none where it was moved from
  }
  [[nodiscard]] static std::span<R const> theta_in(Parameters<R> const& block) noexcept {
    return block.shared().last(std::min(size, block.shared().size()));
  }

  /// u, as it stands.
  [[nodiscard]] Warp<degree> warp() const noexcept {
    constexpr std::array<R, size> straight{};  // where it was moved from
    return Warp<degree>(theta().empty() ? std::span<R const>(straight) : theta());
  }
  /// The manifold without its warp, over u.
  [[nodiscard]] Curve const& curve() const noexcept { return curve_; }

  void freeze(Index l) { curve_.freeze(l); }
  void unfreeze(Index l) { curve_.unfreeze(l); }
  [[nodiscard]] bool is_frozen(Index l) const { return curve_.is_frozen(l); }
  void rest(Parameters<R>& block) const noexcept { curve_.rest(block); }

  /// As BasicManifold's.
  template <class T = HostTarget>
  [[nodiscard]] Network at(Point const& s) const noexcept(noexcept(curve_.template at<T>(s))) {
    return curve_.template at<T>(bent(s));
  }
  template <class T = HostTarget>
  void at(Point const& s, Network& network) const noexcept(noexcept(curve_.template at<T>(s, network))) {
    curve_.template at<T>(bent(s), network);
  }
  template <class T = HostTarget>
  void operator()(Point const& s, std::span<R const> x, std::span<R> y, std::span<R> scratch) const {
    curve_.template operator()<T>(bent(s), x, y, scratch);
  }
  [[nodiscard]] Index scratch_size() const noexcept { return curve_.scratch_size(); }
  template <class T = HostTarget>
  BatchView<R> forward(ConstMatrixRef<R> const& inputs, Contexts<Interval> const& contexts, Workspace<R>& work) const {
    return curve_.template forward<T>(inputs, bent(contexts), work);
  }
  template <class T = HostTarget>
  BatchView<R> predict(ConstMatrixRef<R> const& inputs, Contexts<Interval> const& contexts, Workspace<R>& work) const {
    return curve_.template predict<T>(inputs, bent(contexts), work);
  }
  template <class T = HostTarget>
  [[nodiscard]] Matrix<R> predict(ConstMatrixRef<R> const& inputs, Contexts<Interval> const& contexts) const {
    return predict_in_batches<T>(*this, inputs, contexts);
  }
  template <class T = HostTarget>
  InputGradients<R> backward(ConstMatrixRef<R> const& inputs, Contexts<Interval> const& contexts,
                             ConstMatrixRef<R> const& output_gradient, Workspace<R>& work, Parameters<R>& gradient,
                             GradientRequest request = {}) const {
    require_backward(*this, inputs, contexts.samples(), output_gradient, work, gradient);
    return run_backward<T>(inputs, contexts, output_gradient, work, gradient, request);
  }
  template <class T = HostTarget>
  InputGradients<R> run_backward(ConstMatrixRef<R> const& inputs, Contexts<Interval> const& contexts,
                                 ConstMatrixRef<R> const& output_gradient, Workspace<R>& work, Parameters<R>& gradient,
                                 GradientRequest request = {}) const {
    auto const result = curve_.template run_backward<T>(inputs, bent(contexts), output_gradient, work, gradient,
                                                        {.inputs = request.inputs, .contexts = true});
    // dL/du of every sample becomes dL/dtheta, and in its place dL/ds.
    auto const u = warp();
    LocalArray<double, size> sums{};
    contexts.for_each([&](Point const& s, Index begin, Index end) {
      auto const here = u(s[0]);
      for (auto b = static_cast<std::size_t>(begin); b < static_cast<std::size_t>(end); ++b) {
        for (std::size_t j = 0; j < size; ++j) {
          sums[j] += work.contexts.gradient[b] * here.in_theta[j];
        }
        work.contexts.gradient[b] *= here.slope;
      }
    });
    std::transform(sums.begin(), sums.end(), theta_in(gradient).begin(), [](double x) { return static_cast<R>(x); });
    return request.contexts ? result : InputGradients<R>{result.inputs};
  }

 private:
  static constexpr auto size = static_cast<std::size_t>(degree);

  [[nodiscard]] Point bent(Point const& s) const noexcept { return Point::unchecked({warp()(s[0]).u}); }
  [[nodiscard]] Contexts<Interval> bent(Contexts<Interval> const& contexts) const {
    auto const u = warp();
    return contexts.mapped([&](Point const& s) { return Point::unchecked({u(s[0]).u}); });
  }

  Curve curve_;
  double price_;
};

/// The manifold with a learned warp of degree `degree`.
template <int degree, Real R, Basis B, class... Layers>
[[nodiscard]] WarpedManifold<R, B, degree, Layers...> warped(BasicManifold<R, B, Layers...> curve, double price = 1) {
  return WarpedManifold<R, B, degree, Layers...>(std::move(curve), price);
}

}  // namespace wmanifold
