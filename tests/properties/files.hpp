#pragma once

#include <properties/case.hpp>

#include <wmanifold/basis/one_per_context.hpp>
#include <wmanifold/flow/adam.hpp>
#include <wmanifold/io/checkpoint.hpp>
#include <wmanifold/io/model_file.hpp>
#include <wmanifold/io/network_file.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <unistd.h>
#include <algorithm>
#include <cstring>

namespace properties {

/// A file name of this process, removed at the end.
struct Scratch {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("wmanifold_properties_" + std::to_string(getpid()) + ".safetensors");
  Scratch() = default;
  Scratch(Scratch const&) = delete;
  Scratch& operator=(Scratch const&) = delete;
  ~Scratch() { std::filesystem::remove(path); }
};

/// Bases that are types here: of a product, with a state, and on discrete contexts. A case names one of them.
using TypedBases =
    std::tuple<wm::Fourier<wm::Torus<2>, 1>, wm::BSpline<wm::Interval, 2, 6>, wm::OnePerContext<wm::Finite<3>>>;

/// Returns a basis, with random knots if it has any.
template <class B>
B random_basis(wm::Random& random) {
  if constexpr (requires(B basis) { basis.knots(); }) {
    auto knots = B{}.knots();
    std::size_t const ends = 3;  // knots at either end, of a spline of degree 2
    for (std::size_t i = ends; i < knots.size() - ends; ++i) {
      knots[i] = random.uniform(0.1, 0.9);
    }
    std::sort(knots.begin(), knots.end());
    return B(knots);
  } else {
    return {};
  }
}

/// Calls visit(basis) with the basis that a case names.
template <class Visit>
std::string with_basis(Case const& c, Visit const& visit) {
  std::string violation = "expected a basis of TypedBases, got " + c.basis;
  std::apply(
      [&]<class... B>(B const&...) {
        static_cast<void>(
            ((B::name() == c.basis && B::Topology::name() == c.topology ? (violation = visit(B{}), true) : false) ||
             ...));
      },
      TypedBases{});
  return violation;
}

/// Returns whether two blocks have the same bits.
template <class N>
bool same_bits(wm::Parameters<N> const& a, wm::Parameters<N> const& b) {
  return a.same_sizes(b) && std::memcmp(a.data(), b.data(), a.numbers().size_bytes()) == 0;
}

/// Returns whether a block in double has the numbers of another.
template <wm::Real R>
bool same_numbers(wm::Parameters<double> const& a, wm::Parameters<R> const& b) {
  bool same = a.rows() == b.rows() && a.columns() == b.columns() && a.shared().size() == b.shared().size();
  auto const compare = [&](std::span<double const> wide, std::span<R const> own) {
    same = same && std::equal(wide.begin(), wide.end(), own.begin(), [](double x, R y) {
             return x == static_cast<double>(y) && std::signbit(x) == std::signbit(y);
           });
  };
  for (Index k = 0; same && k < a.rows(); ++k) {
    compare(a.row(k), b.row(k));
  }
  compare(a.shared(), b.shared());
  return same;
}

/// Makes some parameters unusual: zeros of both signs and the smallest numbers.
template <wm::Real R>
void add_unusual(std::span<R> numbers, wm::Random& random) {
  for (R& x : numbers) {
    switch (random.below(16)) {
      case 0:
        x = R{0};
        break;
      case 1:
        x = -R{0};
        break;
      case 2:
        x = std::numeric_limits<R>::denorm_min();
        break;
      case 3:
        x = -std::numeric_limits<R>::min();
        break;
      default:
        break;
    }
  }
}

/// A model has the same bits after it was saved and loaded: with its type and without, in F32, F64, BF16 and F16. So
/// have the networks at its contexts.
struct FilesKeepBits {
  static constexpr char const* name = "FilesKeepBits";
  static constexpr char const* header = "properties/files.hpp";

  std::string operator()(Case const& c) const {
    return with_basis(c, [&]<class B>(B const&) {
      return in_both([&]<class R>(R) -> std::string {
        using Model = wm::BasicManifold<R, B, wm::LayerList>;
        wm::Random random(wm::Seed{c.seed});
        auto const basis = random_basis<B>(random);
        Model model(wm::zeros, basis, layers_of(c));
        fill_parameters(model, random);
        for (Index k = 0; k < model.basis_size(); ++k) {
          add_unusual(model.parameters().row(k), random);
        }
        add_unusual(model.parameters().shared(), random);
        Scratch const file;
        wm::save_model(file.path, model);
        if (!same_bits(wm::load_model<Model>(file.path, model.basis()).parameters(), model.parameters())) {
          return "model file: expected the bits of the saved parameters, got others";
        }
        auto const any = wm::load_any_model<R>(file.path);
        if (!same_bits(any.parameters(), model.parameters()) || !(any.stack() == wm::Stack(layers_of(c))) ||
            !(any.basis() == wm::AnyBasis(c.topology, c.basis, wm::state_of(basis)))) {
          return "model of any type: expected the saved model, got another";
        }
        if (auto const wide = wm::load_any_model<double>(file.path);
            !same_numbers(wide.parameters(), model.parameters())) {
          return "model loaded as double: expected the saved numbers, got others";
        }
        auto violation = stored<wm::BFloat16>(model, file);
        if (violation.empty()) {
          violation = stored<wm::Float16>(model, file);
        }
        return violation.empty() ? networks(model, random, file) : violation;
      });
    });
  }

 private:
  template <wm::HalfNumber N, class Model>
  static std::string stored(Model const& model, Scratch const& file) {
    auto const halves = wm::stored_as<N>(model);
    wm::save_model(file.path, halves);
    auto const loaded = wm::load_model<wm::Stored<Model, N>>(file.path, model.basis());
    if (!same_bits(loaded.parameters(), halves.parameters())) {
      return "stored model: expected the saved bits, got others";
    }
    auto const rounded = halves.model();
    if (!same_bits(wm::load_model<Model>(file.path, model.basis()).parameters(), rounded.parameters()) ||
        !same_bits(wm::load_any_model<typename Model::Scalar>(file.path).parameters(), rounded.parameters())) {
      return "model from a file of 16 bits: expected the rounded parameters, got others";
    }
    return {};
  }

  template <class Model>
  static std::string networks(Model const& model, wm::Random& random, Scratch const& file) {
    using R = typename Model::Scalar;
    auto const points = wm::uniform_points<typename Model::Topology>(1, random);
    auto const network = model.at(points[0]);
    wm::save_network(file.path, network);
    auto const tensors = wm::read_safetensors(file.path).tensors;
    Index place = 0;
    for (Index l = 0; l < network.stack().depth(); ++l) {
      wm::Matrix<R> const weight = network.weight(l);
      auto const& saved = std::get<std::vector<R>>(tensors.at(std::to_string(place) + ".weight").numbers);
      auto const& bias = std::get<std::vector<R>>(tensors.at(std::to_string(place) + ".bias").numbers);
      if (std::ssize(saved) != weight.size() ||
          std::memcmp(saved.data(), weight.data(), saved.size() * sizeof(R)) != 0 ||
          std::ssize(bias) != weight.rows() ||
          std::memcmp(bias.data(), network.bias(l).data(), bias.size() * sizeof(R)) != 0) {
        return "network file: expected the bits of layer " + std::to_string(l) + ", got others";
      }
      network.stack().with_activation(
          l, [&]<class A>(A const&) { place += std::same_as<A, wm::Identity> ? Index{1} : Index{2}; });
    }
    return {};
  }
};

/// A training that stops at a checkpoint and goes on in another program's objects ends with the bits of one that did
/// not stop. `choice` gives the rule, the geometry, the frozen layer and the steps before and after.
struct ResumeKeepsBits {
  static constexpr char const* name = "ResumeKeepsBits";
  static constexpr char const* header = "properties/files.hpp";

  std::string operator()(Case const& c) const {
    return in_both([&]<class R>(R) -> std::string {
      return c.choice % 2 == 0 ? trained<R>(c, wm::HeavyBall{0.9}) : trained<R>(c, wm::Adam{});
    });
  }

 private:
  template <class R, class Rule>
  struct Training {
    using Model = wm::BasicManifold<R, wm::Ellipse, wm::LayerList>;

    Model model;
    wm::GradientFlow<Model, wm::MeanSquaredError, Rule> flow;
    wm::Progress progress{.random = {{"batches", wm::Random{wm::Seed{0}}}}, .numbers = {{"sum", 0}}};
    std::vector<Index> groups;

    Training(Case const& c, Rule const& rule, std::uint64_t seed)
        : model(wm::he_normal.spread(0.5), wm::Seed{seed}, {}, layers_of(c)),
          flow(model, {}, rule,
               {.rate = 0.01,
                .geometry = c.choice / 2 % 2 == 0 ? wm::Geometry::movement : wm::Geometry::euclidean,
                .weight_decay = c.choice / 4 % 2 == 0 ? 0 : 1e-3}),
          groups(c.groups) {
      progress.random.at("batches") = wm::Random{wm::Seed{seed}};
    }
    Training(Training const&) = delete;  // the flow refers to the model
    Training& operator=(Training const&) = delete;

    void run(Index steps) {
      wm::Random& random = progress.random.at("batches");
      for (Index i = 0; i < steps; ++i) {
        auto const points = wm::uniform_points<wm::S1>(std::ssize(groups), random);
        auto const contexts = wm::Contexts<wm::S1>::grouped(points, groups);
        auto const inputs = numbers<R>(contexts.samples(), model.inputs(), random);
        auto const targets = numbers<R>(contexts.samples(), model.outputs(), random);
        progress.numbers.at("sum") += flow.step(inputs, contexts, targets).loss;
      }
    }
    bool operator==(Training const& other) const {
      bool same = same_bits(model.parameters(), other.model.parameters()) && progress == other.progress &&
                  flow.state().steps == other.flow.state().steps && model == other.model;
      for (std::size_t i = 0; i < flow.state().moments.size(); ++i) {
        same = same && same_bits(flow.state().moments[i], other.flow.state().moments[i]);
      }
      return same;
    }
  };

  template <class R, class Rule>
  static std::string trained(Case const& c, Rule const& rule) {
    Index const before = c.choice / 8 % 5;
    Index const after = 1 + c.choice / 40 % 5;
    Training<R, Rule> whole(c, rule, c.seed);
    if (c.choice / 200 % 2 == 0) {
      whole.model.freeze(c.choice / 400 % whole.model.stack().depth());
    }
    whole.run(before);
    Scratch const file;
    wm::save_checkpoint(file.path, whole.model, whole.flow, whole.progress);
    Training<R, Rule> resumed(c, rule, c.seed + 1);  // all of it is replaced
    wm::load_checkpoint(file.path, resumed.model, resumed.flow, resumed.progress);
    if (!(resumed == whole)) {
      return "checkpoint: expected the bits of the saved training, got others";
    }
    whole.run(after);
    resumed.run(after);
    return resumed == whole ? "" : "resumed: expected the bits of a training that did not stop, got others";
  }
};

}  // namespace properties
