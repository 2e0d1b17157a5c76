// Model files for tests/tools/wmanifold_model_test.py.
//   models write FOLDER     a model of each topology, basis, kind of layer and activation
//   models outputs FILE     the outputs of a model over the one-point space for its test inputs, line by line
//   models halve FOLDER     ellipse.safetensors of the folder in 16 bits, as bf16.safetensors and f16.safetensors; bf16
//   and
//                           f16 that are there already must hold the same numbers
//   models points FILE      for lines like "interval 0.5", the point's coordinates, or "refused: " and the reason

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/bernstein_bezier.hpp>
#include <wmanifold/basis/bspline.hpp>
#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/hyperspherical_harmonics.hpp>
#include <wmanifold/basis/laplacian_eigenvectors.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/basis/one_per_context.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/basis/total_degree.hpp>
#include <wmanifold/io/model_file.hpp>
#include <wmanifold/manifold/stored.hpp>
#include <wmanifold/network/layer_list.hpp>
#include <wmanifold/topology/one_point.hpp>
#include <wmanifold/topology/torus.hpp>

#include <fstream>
#include <iostream>
#include <sstream>
#include <string_view>

namespace wm = wmanifold;

namespace {

template <class R, class B>
void save(std::filesystem::path const& file, wm::LayerList layers, B basis = {}) {
  using Model = wm::BasicManifold<R, B, wm::LayerList>;
  wm::save_model(file, Model(wm::he_normal.spread(1), wm::Seed{1}, std::move(basis), std::move(layers)),
                 {{{"made_by", "a test"}}});
}

void write(std::filesystem::path const& folder) {
  using Strip = wm::Tensor<wm::Bernstein<wm::Interval, 1>, wm::Ellipse>;
  using Box = wm::Product<wm::Interval, wm::Interval>;
  auto const all = [](char const* hidden) { return wm::LayerList({4, 6, 3}, {hidden, "identity"}); };
  save<float, wm::Ellipse>(folder / "ellipse.safetensors", all("relu"));
  save<double, wm::Fourier<wm::S1, 3>>(folder / "fourier3.safetensors", all("tanh"));
  save<double, wm::Fourier<wm::Torus<2>, 1>>(folder / "torus.safetensors", all("sigmoid"));
  save<double, wm::Bernstein<wm::Interval, 3>>(folder / "bernstein3.safetensors", all("silu"));
  save<float, wm::Legendre<wm::Interval, 4>>(folder / "legendre4.safetensors", all("gelu"));
  save<double, wm::SphericalHarmonics<wm::S2, 3>>(folder / "harmonics3.safetensors", all("softplus"));
  save<double, Strip>(folder / "strip.safetensors", all("identity"));
  save<double, wm::Bernstein<Box, 2>>(folder / "box.safetensors", all("tanh"));
  save<double, wm::CatmullRom<wm::S1, 4>>(folder / "phase4.safetensors", all("elu"));
  save<double, wm::CatmullRom<wm::Torus<2>, 3>>(folder / "phases3.safetensors", all("elu"));
  using Rooms = wm::Finite<6, wm::grid_graph<2, 3>().with({0, 5, 0.25})>;
  using Turning = wm::Tensor<wm::OnePerContext<wm::Finite<3>>, wm::Ellipse>;
  save<double, wm::Fourier<wm::RP1, 2>>(folder / "lines2.safetensors", all("tanh"));
  save<double, wm::HypersphericalHarmonics<wm::SO3, 4>>(folder / "attitude4.safetensors", all("tanh"));
  save<double, wm::BernsteinBezier<wm::Simplex<2>, 3>>(folder / "mixture3.safetensors", all("tanh"));
  save<double, Turning>(folder / "speakers.safetensors", all("tanh"));
  save<double, wm::LaplacianEigenvectors<Rooms, 4>>(folder / "rooms4.safetensors", all("tanh"));
  save<double, wm::LaplacianEigenvectors<wm::Finite<7, wm::cycle_graph<7>()>, 4>>(folder / "days4.safetensors",
                                                                                  all("tanh"));
  using Spline = wm::BSpline<wm::Interval, 3, 7>;
  using Closed = wm::PeriodicBSpline<wm::S1, 2, 4>;
  std::vector<double> const knots{0, 0, 0, 0, 0.25, 0.5, 0.5, 1, 1, 1, 1};
  std::vector<double> const angles{1, 1.5, 4, 5};
  save<double, Spline>(folder / "spline7.safetensors", all("tanh"));
  save<double, Closed>(folder / "closed4.safetensors", all("tanh"));
  save<double, Spline>(folder / "knots7.safetensors", all("tanh"), Spline(knots));
  save<double>(folder / "splines.safetensors", all("tanh"), wm::Tensor(Closed(angles), wm::Line{}, Spline(knots)));
  save<double, wm::TotalDegree<wm::Torus<2>, 2>>(folder / "total2.safetensors", all("tanh"));
  save<double, wm::TotalDegree<wm::Product<wm::Interval, wm::S1, wm::S2>, 2>>(folder / "mixed2.safetensors",
                                                                              all("tanh"));
  save<double, wm::Additive<Box, 3>>(folder / "additive3.safetensors", all("tanh"));
  save<double, wm::TotalDegree<wm::Product<wm::RP1, wm::Interval>, 2>>(folder / "tilted2.safetensors", all("tanh"));
  save<float, wm::Constant<>>(folder / "point.safetensors", all("relu"));
  save<double, wm::Ellipse>(folder / "placed.safetensors",
                            {wm::SharedDense<>(4, 6), wm::Tanh{}, wm::LowRankDense<>(6, 5, 2), wm::GainDense<>(5, 7),
                             wm::Elu{}, wm::Dense<>(7, 3)});
}

void print_outputs(std::filesystem::path const& file) {
  auto const model = wm::load_model<wm::Manifold<wm::Constant<>, wm::LayerList>>(file);
  auto const tensors = wm::read_safetensors(file).tensors;
  auto const& inputs = std::get<std::vector<float>>(tensors.at("test.inputs").numbers);
  auto const samples = static_cast<wm::Index>(inputs.size()) / model.inputs();
  std::vector<wm::Point<wm::OnePoint>> const points(static_cast<std::size_t>(samples), wm::OnePoint::point());
  Eigen::Map<wm::Matrix<float> const> const batch(inputs.data(), samples, model.inputs());
  std::cout.precision(9);
  std::cout << model.predict(batch, wm::Contexts<wm::OnePoint>(points)) << '\n';
}

template <class N>
void halve(std::filesystem::path const& from, std::filesystem::path const& to) {
  using Model = wm::BasicManifold<float, wm::Ellipse, wm::LayerList>;
  using Half = wm::Stored<Model, N>;
  Half const half(wm::load_model<Model>(from));
  if (std::filesystem::exists(to) && !(wm::load_model<Half>(to) == half)) {
    throw wm::FileError("other numbers in " + to.string());
  }
  wm::save_model(to, half);
}

template <class T>
bool print_point(std::string const& space, std::vector<double> const& coordinates) {
  if (T::name() != space) {
    return false;
  }
  try {
    wm::Point<T> const point{std::span(coordinates)};
    for (double const x : point.coordinates()) {
      std::cout << x << ' ';
    }
  } catch (wm::ArgumentError const& e) {
    std::cout << "refused: " << e.what();
  }
  std::cout << '\n';
  return true;
}

void print_points(std::filesystem::path const& file) {
  std::ifstream in(file);
  std::cout.precision(17);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string space;
    words >> space;
    std::vector<double> coordinates;
    for (std::string word; words >> word;) {
      coordinates.push_back(std::stod(word));
    }
    auto const is_one = [&]<class... T>(std::tuple<T...>*) { return (print_point<T>(space, coordinates) || ...); };
    using Spaces = std::tuple<wm::OnePoint, wm::Interval, wm::S1, wm::RP1, wm::S2, wm::SO3, wm::Simplex<1>,
                              wm::Simplex<2>, wm::Finite<1>, wm::Finite<3>, wm::Product<wm::Interval, wm::S1>,
                              wm::Torus<2>, wm::Product<wm::Finite<3>, wm::S1>, wm::Product<wm::Finite<3>, wm::S2>,
                              wm::Product<wm::Interval, wm::Interval>>;
    if (!is_one(static_cast<Spaces*>(nullptr))) {
      throw wm::ArgumentError("no topology of the test: " + space);
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  try {
    std::string_view const verb = count == 3 ? arguments[1] : "";
    if (verb == "write") {
      write(arguments[2]);
    } else if (verb == "outputs") {
      print_outputs(arguments[2]);
    } else if (verb == "halve") {
      std::filesystem::path const folder = arguments[2];
      halve<wm::BFloat16>(folder / "ellipse.safetensors", folder / "bf16.safetensors");
      halve<wm::Float16>(folder / "ellipse.safetensors", folder / "f16.safetensors");
    } else if (verb == "points") {
      print_points(arguments[2]);
    } else {
      std::cerr << "models write FOLDER | models halve FOLDER | models outputs FILE | models points FILE\n";
      return 2;
    }
  } catch (std::exception const& e) {
    std::cerr << e.what() << '\n';
    return 1;
  }
}
