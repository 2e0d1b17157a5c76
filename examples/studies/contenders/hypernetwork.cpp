#include "contenders/learners.hpp"
#include "contenders/plain.hpp"

namespace demo {
namespace {

namespace wm = wmanifold;

/// Shares of K networks: any K numbers. They are not a space of contexts, but outputs of a network of the context.
template <int K>
struct Shares {
  using Numbers = std::array<double, static_cast<std::size_t>(K)>;
  static constexpr int dimension = K;
  static constexpr int coordinates = K;
  static std::string name() { return "shares" + std::to_string(K); }
  static Numbers canonical(Numbers const& c) { return c; }
  static wm::Point<Shares> from_cube(Numbers const& u) noexcept { return wm::Point<Shares>::unchecked(u); }
  static double distance(wm::Point<Shares> const& p, wm::Point<Shares> const& q) noexcept {
    auto const v = log(p, q);
    return std::sqrt(wm::detail::dot(v, v));
  }
  static wm::Point<Shares> exp(wm::Point<Shares> const& p, Numbers const& v) noexcept {
    Numbers c = p.coordinates();
    std::transform(c.begin(), c.end(), v.begin(), c.begin(), std::plus{});
    return wm::Point<Shares>::unchecked(c);
  }
  static Numbers log(wm::Point<Shares> const& p, wm::Point<Shares> const& q) noexcept {
    Numbers v = q.coordinates();
    std::transform(v.begin(), v.end(), p.coordinates().begin(), v.begin(), std::minus{});
    return v;
  }
  static Numbers tangent(wm::Point<Shares> const&, Numbers const& v) noexcept { return v; }
  static wm::Quadrature<Shares> quadrature(int) { return {{wm::Point<Shares>::unchecked({})}, {1.0}}; }
};

/// The basis of the shares themselves: M(beta) = sum_k beta_k P_k.
template <int K>
struct ByShares {
  using Topology = Shares<K>;
  static constexpr int size = K;
  static constexpr int degree = 1;
  static std::string name() { return "shares"; }
  void values(wm::Point<Topology> const& s, std::span<double> out) const noexcept {
    std::copy_n(s.coordinates().begin(), K, out.begin());
  }
  void derivatives(wm::Point<Topology> const&, std::span<double> out) const noexcept {
    for (std::size_t n = 0; n < static_cast<std::size_t>(K * K); ++n) {
      out[n] = n % (K + 1) == 0 ? 1 : 0;
    }
  }
  static constexpr double gram(int i, int j) noexcept { return i == j ? 1 : 0; }
  static constexpr double constant(int) noexcept { return 0; }
};

constexpr wm::Index hidden_width = 32;

template <int K>
class Hypernetwork final : public Learner {
 public:
  explicit Hypernetwork(Recipe const& recipe)
      : space_(recipe.space),
        widths_(recipe.widths()),
        shares_widths_{features_of(recipe.space), hidden_width, K},
        shares_(recipe, wm::LayerList(shares_widths_, {"tanh", "identity"}), {}, recipe.seed.stream(0)),
        // All K networks start independently, in equal shares whose squares sum to 1, so that their sum starts as large
        // as a network.
        part_(recipe, layers_of(recipe), {.geometry = wm::Geometry::euclidean}, recipe.seed, wm::he_normal.spread(1)),
        contexts_({}),
        no_contexts_({}) {
    shares_.model().bias(0, 1).setConstant(1 / std::sqrt(static_cast<float>(K)));
    shares_.model().weight(0, 1) *= 0.5F;
  }

  wm::BatchView<float> forward(Batch const& batch) override {
    no_contexts_ = no_contexts(batch.samples());
    features_.resize(batch.samples(), features_of(space_));
    write_features(space_, batch, features_);
    auto const shares = shares_.forward(features_, no_contexts_);
    std::vector<wm::Point<Shares<K>>> points;
    for (wm::Index b = 0; b < batch.samples(); ++b) {
      wm::Coordinates<Shares<K>> c;
      std::copy_n(shares.row(b).data(), K, c.begin());
      points.push_back(wm::Point<Shares<K>>::unchecked(c));
    }
    contexts_ = std::move(points);
    return part_.forward(batch.inputs, contexts_);
  }
  void backward(Batch const& batch, wm::Matrix<float> const& output_gradient) override {
    auto const result = part_.backward(batch.inputs, contexts_, output_gradient, {.contexts = true});
    shares_gradient_ = result.contexts.template cast<float>();
    shares_.backward(features_, no_contexts_, shares_gradient_);
  }
  [[nodiscard]] std::vector<TrainedPart*> parts() override { return {&shares_, &part_}; }
  [[nodiscard]] wm::Index multiply_adds() const override { return multiply_adds_of(widths_); }
  [[nodiscard]] wm::Index moving_multiply_adds() const override {
    return K * parameters_of(widths_) + multiply_adds_of(shares_widths_);
  }

 private:
  Space space_;
  std::vector<wm::Index> widths_;
  std::vector<wm::Index> shares_widths_;
  PlainPart shares_;
  ManifoldPart<ByShares<K>> part_;
  typename ManifoldPart<ByShares<K>>::Contexts contexts_;
  PlainPart::Contexts no_contexts_;
  wm::Matrix<float> features_;
  wm::Matrix<float> shares_gradient_;
};

}  // namespace

std::unique_ptr<Learner> make_hypernetwork(Recipe const& recipe) {
  switch (first_order_rows(recipe.space)) {  // as many rows as the manifold of order 1
    case 2:
      return std::make_unique<Hypernetwork<2>>(recipe);
    case 3:
      return std::make_unique<Hypernetwork<3>>(recipe);
    case 4:
      return std::make_unique<Hypernetwork<4>>(recipe);
    default:
      return std::make_unique<Hypernetwork<9>>(recipe);
  }
}

}  // namespace demo
