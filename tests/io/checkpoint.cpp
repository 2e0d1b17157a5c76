#include <wmanifold/io/checkpoint.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/bspline.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/flow/adam.hpp>

#include <doctest/doctest.h>

#include <support/locales.hpp>

#include <unistd.h>
#include <functional>

namespace wm = wmanifold;

namespace {

template <class R>
using Model = wm::BasicManifold<R, wm::Ellipse, wm::LayerList>;

/// A file name of this process, removed at the end of the test.
struct Scratch {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("wmanifold_checkpoint_" + std::to_string(getpid()) + ".safetensors");
  ~Scratch() { std::filesystem::remove(path); }
};

wm::LayerList dense() { return {wm::Dense<>(2, 4), wm::Tanh{}, wm::Dense<>(4, 3), wm::Tanh{}, wm::Dense<>(3, 1)}; }
wm::LayerList placed() {
  return {wm::SharedDense<>(2, 4), wm::Tanh{}, wm::LowRankDense<>(4, 3, 2), wm::Tanh{}, wm::Dense<>(3, 1)};
}

wm::RuleOptions const at_rate{.rate = 0.05};

/// A training on random batches. Its state is the model's, the flow's and a Progress.
template <class R, class Rule = wm::HeavyBall>
struct Training {
  Model<R> model;
  wm::GradientFlow<Model<R>, wm::MeanSquaredError, Rule> flow;
  wm::Progress progress{.random = {{"batches", wm::Random{wm::Seed{2}}}, {"contexts", wm::Random{wm::Seed{3}}}},
                        .numbers = {{"best", 1e10}, {"position", 0}}};

  Training(wm::LayerList const& layers, Rule const& rule, wm::RuleOptions const& options = at_rate,
           std::uint64_t seed = 1)
      : model(wm::he_normal.spread(0.5), wm::Seed{seed}, {}, layers), flow(model, {}, rule, options) {}
  Training(Training const&) = delete;  // the flow refers to the model

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      wm::Random& random = progress.random.at("batches");
      wm::Matrix<R> inputs(5, 2);
      std::generate_n(inputs.data(), inputs.size(), [&] { return static_cast<R>(random.normal()); });
      wm::Matrix<R> const targets = inputs.col(0).cwiseProduct(inputs.col(1));
      auto const points = wm::uniform_points<wm::S1>(5, progress.random.at("contexts"));
      auto const step = flow.step(inputs, wm::Contexts<wm::S1>(points), targets);
      progress.numbers.at("best") = std::min(progress.numbers.at("best"), step.loss);
      progress.numbers.at("position") += 5;
    }
  }
  void save(std::filesystem::path const& path) const { wm::save_checkpoint(path, model, flow, progress); }
  void load(std::filesystem::path const& path) { wm::load_checkpoint(path, model, flow, progress); }
};

template <class R>
bool same_bits(wm::Parameters<R> const& a, wm::Parameters<R> const& b) {
  return a.same_sizes(b) && std::memcmp(a.data(), b.data(), a.numbers().size_bytes()) == 0;
}

/// Compares ten steps, with a checkpoint after five, with five steps from the checkpoint by a training with another
/// start.
template <class R, class Rule>
void goes_on(wm::LayerList const& layers, Rule const& rule, wm::RuleOptions const& options = at_rate,
             bool frozen = false) {
  Scratch const file;
  Training<R, Rule> whole(layers, rule, options);
  if (frozen) {
    whole.model.freeze(1);
  }
  whole.run(5);
  whole.save(file.path);
  whole.run(5);

  Training<R, Rule> resumed(layers, rule, options, 7);
  resumed.model.freeze(0);
  resumed.run(3);
  resumed.load(file.path);
  CHECK_FALSE(same_bits(resumed.model.parameters(), whole.model.parameters()));
  resumed.run(5);
  CHECK(same_bits(resumed.model.parameters(), whole.model.parameters()));
  CHECK(resumed.model == whole.model);
  CHECK(resumed.flow.state() == whole.flow.state());
  CHECK(resumed.progress == whole.progress);
  CHECK(resumed.progress.numbers.at("position") == 50);
}

template <class R>
void goes_on_under_every_rule() {
  auto const with = [](wm::LayerList const& layers, auto const& rule) {
    CAPTURE(rule.name());
    goes_on<R>(layers, rule);
    goes_on<R>(layers, rule, at_rate, true);
  };
  with(dense(), wm::HeavyBall{0.9});
  with(dense(), wm::Nesterov{0.9});
  with(dense(), wm::Adam{});
  with(dense(), wm::Adam{.second_moment = wm::SecondMoment::each, .decay = 0.1});
  with(placed(), wm::HeavyBall{0.9});
  with(placed(), wm::Nesterov{0.9});
  with(placed(), wm::Adam{.decay = 0.1});
}

/// Checks that loading throws FileError with this message, and leaves model, flow and progress unchanged.
template <class R, class Rule>
void refuses(Training<R, Rule>& training, std::filesystem::path const& path, char const* message) {
  Model<R> const model = training.model;
  auto const state = training.flow.state();
  wm::Progress const progress = training.progress;
  CHECK_THROWS_WITH_AS(training.load(path), doctest::Contains(message), wm::FileError);
  CHECK(training.model == model);
  CHECK(training.flow.state() == state);
  CHECK(training.progress == progress);
}

std::string bytes_of(std::filesystem::path const& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a training continued from a checkpoint equals an uninterrupted one, bit for bit") {
  SUBCASE("float") { goes_on_under_every_rule<float>(); }
  SUBCASE("double") { goes_on_under_every_rule<double>(); }
}

TEST_CASE("the same under a budget, with priors, in Euclidean geometry") {
  goes_on<double>(dense(), wm::HeavyBall{0.5}, {.movement = 0.1, .weight_decay = 0.1, .energy = 0.1});
  goes_on<double>(dense(), wm::Adam{}, {.rate = 0.01, .geometry = wm::Geometry::euclidean, .clip = 0.01});
}

TEST_CASE("a training depends on the stored state of flow and generators") {
  Scratch const file;
  wm::HeavyBall const rule{0.9};
  Training<double> whole(dense(), rule);
  whole.run(5);
  whole.save(file.path);
  Training<double> without_velocity(dense(), rule);
  without_velocity.model = whole.model;
  without_velocity.progress = whole.progress;
  Training<double> other_batches(dense(), rule);
  other_batches.load(file.path);
  other_batches.progress.random.at("batches").uniform();
  for (auto* training : {&whole, &without_velocity, &other_batches}) {
    training->run(5);
  }
  CHECK(without_velocity.model != whole.model);
  CHECK(other_batches.model != whole.model);
}

TEST_CASE("references to the contents of a Progress stay valid") {
  Scratch const file;
  Training<double> training(dense(), wm::HeavyBall{});
  training.run(2);
  training.save(file.path);
  double const& position = training.progress.numbers.at("position");
  wm::Random const& random = training.progress.random.at("batches");
  auto const before = random;
  training.run(1);
  training.load(file.path);
  CHECK(position == 10);
  CHECK(random == before);
}

TEST_CASE("a truncated or changed checkpoint is refused, and changes nothing") {
  Scratch const file;
  Training<float, wm::Adam> training(dense(), wm::Adam{});
  training.run(2);
  training.save(file.path);
  std::string const whole = bytes_of(file.path);
  training.run(1);
  auto const model = training.model;
  auto const state = training.flow.state();
  auto const progress = training.progress;
  std::size_t refused = 0;
  std::size_t tried = 0;
  auto const attempt = [&](std::string const& bytes) {
    std::ofstream(file.path, std::ios::binary) << bytes;
    ++tried;
    try {
      training.load(file.path);
    } catch (wm::FileError const&) {
      ++refused;
    }
  };
  for (std::size_t i = 0; i < whole.size(); i += i < 3000 ? 1 : 7) {
    attempt(whole.substr(0, i));
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ '\x10');
    attempt(changed);
  }
  CHECK(tried > 4000);
  CHECK(refused == tried);
  CHECK(training.model == model);
  CHECK(training.flow.state() == state);
  CHECK(training.progress == progress);

  auto content = [&] {
    std::ofstream(file.path, std::ios::binary) << whole;
    return wm::read_safetensors(file.path);
  }();
  std::get<std::vector<float>>(content.tensors.at("moment.1.rows").numbers)[3] *= 2;
  wm::write_safetensors(file.path, content);
  refuses(training, file.path, "expected checksum '");
  refuses(training, "/no/such/checkpoint", "cannot open /no/such/checkpoint");
}

TEST_CASE("a checkpoint of version 0.1 has another checksum, which is checked") {
  Scratch const file;
  Training<double> training(dense(), wm::HeavyBall{});
  training.run(1);
  training.save(file.path);
  auto content = wm::read_safetensors(file.path);
  content.metadata["checksum"] = wm::detail::older_checksum_of(content);
  wm::write_safetensors(file.path, content);
  CHECK_NOTHROW(training.load(file.path));
  std::get<std::vector<double>>(content.tensors.at("parameters.rows").numbers)[0] += 1;
  wm::write_safetensors(file.path, content);
  refuses(training, file.path, "expected checksum '");
  content.metadata.erase("checksum");
  wm::write_safetensors(file.path, content);
  refuses(training, file.path, "expected metadata 'checksum', got none");
}

TEST_CASE("a checkpoint does not depend on the locale") {
  Scratch const file;
  wm::LayerList const wide{wm::Dense<>(2, 1024), wm::Tanh{}, wm::Dense<>(1024, 1)};
  Training<double> training(wide, wm::HeavyBall{});
  training.progress.numbers["position"] = 0.5;
  training.save(file.path);
  std::string const classic = bytes_of(file.path);
  support::GroupingLocale const locale;
  training.save(file.path);
  CHECK(bytes_of(file.path) == classic);
  CHECK(wm::read_safetensors(file.path).metadata.at("layers") == "dense 2 1024, tanh, dense 1024 1");
  CHECK_NOTHROW(training.load(file.path));
}

TEST_CASE("a checkpoint of another training is refused with the expected and the actual value, and changes nothing") {
  Scratch const file;
  Training<double> saved(dense(), wm::HeavyBall{0.9});
  saved.run(2);
  saved.save(file.path);

  Training<float> in_float(dense(), wm::HeavyBall{0.9});
  refuses(in_float, file.path, "expected real 'F32', got 'F64'");
  Training<double> other_layers(placed(), wm::HeavyBall{0.9});
  refuses(other_layers, file.path,
          "expected layers 'shared 2 4, tanh, low_rank 4 3 2, tanh, dense 3 1', got 'dense 2 4, tanh, dense 4 3, tanh, "
          "dense 3 1'");
  Training<double, wm::Nesterov> nesterov(dense(), wm::Nesterov{0.9});
  refuses(nesterov, file.path, "expected rule 'nesterov', got 'heavy ball'");
  Training<double> euclidean(dense(), wm::HeavyBall{}, {.rate = 0.1, .geometry = wm::Geometry::euclidean});
  refuses(euclidean, file.path, "expected geometry 'euclidean', got 'movement'");

  Training<double> same(dense(), wm::HeavyBall{0.9});
  same.run(1);
  auto const numbers = same.progress.numbers;
  same.progress.numbers["epoch"] = 1;
  refuses(same, file.path, "expected numbers 'best, epoch, position', got 'best, position'");
  same.progress.numbers = numbers;
  auto const random = same.progress.random;
  same.progress.random.erase("contexts");
  refuses(same, file.path, "expected random 'batches', got 'batches, contexts'");
  same.progress.random = random;

  wm::BasicManifold<double, wm::Bernstein<wm::Interval, 2>, wm::LayerList> line(wm::zeros, {}, dense());
  wm::GradientFlow line_flow(line, wm::MeanSquaredError{}, {.rate = 0.1});
  CHECK_THROWS_WITH_AS(wm::load_checkpoint(file.path, line, line_flow),
                       doctest::Contains("expected topology 'interval', got 's1'"), wm::FileError);

  auto const changed = [&](std::function<void(wm::TensorFile&)> const& change) {
    saved.save(file.path);
    auto content = wm::read_safetensors(file.path);
    change(content);
    content.metadata["checksum"] = wm::checksum_of(content);
    wm::write_safetensors(file.path, content);
  };
  changed([](wm::TensorFile& content) { content.metadata["format"] = "wmanifold checkpoint 2"; });
  refuses(same, file.path, "expected format 'wmanifold checkpoint 1', got 'wmanifold checkpoint 2'");
  changed([](wm::TensorFile& content) { content.tensors.at("moment.0.rows").shape = {31, 3}; });
  refuses(same, file.path, "expected tensor 'moment.0.rows' to be F64 of 3 x 31, got F64 of 31 x 3");
  changed([](wm::TensorFile& content) { content.tensors.at("steps").numbers = std::vector{std::uint64_t{1} << 63U}; });
  refuses(same, file.path, "expected at most 4611686018427387904 steps, got 9223372036854775808");
  changed([](wm::TensorFile& content) {
    std::get<std::vector<double>>(content.tensors.at("moment.0.rows").numbers).front() = 1e200;
  });
  refuses(same, file.path, "expected moments from a flow's state, got a NaN");
  changed([](wm::TensorFile& content) { content.tensors.erase("number.best"); });
  refuses(same, file.path, "expected a tensor 'number.best'");
  changed([](wm::TensorFile& content) {
    std::get<std::vector<std::uint64_t>>(content.tensors.at("random.batches").numbers).back() = 1000;
  });
  refuses(same, file.path, ": generator 'batches': wmanifold: random: expected a generator's state");
  changed([](wm::TensorFile& content) { content.tensors["factor"] = {{2, 2}, std::vector<double>(4)}; });
  refuses(same, file.path, "expected a checkpoint of a rule of this version, got one with a 'factor'");
  wm::save_model(file.path, saved.model);
  refuses(same, file.path, "expected format 'wmanifold checkpoint 1', got 'wmanifold 1'");

  // As all rules but Shampoo wrote it in earlier versions.
  changed([](wm::TensorFile& content) { content.tensors["factor"] = {{0, 0}, std::vector<double>{}}; });
  CHECK_NOTHROW(same.load(file.path));
  CHECK(same.flow.state() == saved.flow.state());

  saved.save(file.path);
  same.load(file.path);
  CHECK(same.model == saved.model);
}

TEST_CASE("a failed write keeps the last checkpoint") {
  Scratch const file;
  Training<double> training(dense(), wm::HeavyBall{});
  training.save(file.path);
  std::string const before = bytes_of(file.path);
  training.run(1);
  training.progress.numbers.at("best") = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(training.save(file.path), doctest::Contains("'number.best': expected finite numbers"),
                       wm::FileError);
  CHECK(bytes_of(file.path) == before);
  CHECK_THROWS_AS(training.save("/no/such/folder/checkpoint"), wm::FileError);
}

namespace {

/// A model that is not a manifold over a basis, and a flow that is not a GradientFlow.
struct Curve {
  using Scalar = float;
  wm::Parameters<float> block{2, 3, 1};
  wm::Parameters<float>& parameters() { return block; }
  wm::Parameters<float> const& parameters() const { return block; }
};
struct Drift {
  wm::FlowState<float> remembered{4, {wm::Parameters<float>(2, 3, 1)}};
  wm::FlowState<float> const& state() const { return remembered; }
  void restore(wm::FlowState<float> state) { remembered = std::move(state); }
};

}  // namespace

TEST_CASE("any model with parameters and any flow with a state can be saved") {
  Scratch const file;
  Curve curve;
  Drift drift;
  curve.block.row(1)[2] = 0.3F;
  curve.block.shared()[0] = -0.0F;
  drift.remembered.moments[0].row(0)[1] = std::numeric_limits<float>::denorm_min();
  wm::save_checkpoint(file.path, curve, drift);
  Curve other;
  Drift other_drift;
  other_drift.remembered.steps = 0;
  wm::load_checkpoint(file.path, other, other_drift);
  CHECK(same_bits(other.block, curve.block));
  CHECK(other_drift.remembered == drift.remembered);
  other.block = {2, 4, 1};
  CHECK_THROWS_WITH_AS(wm::load_checkpoint(file.path, other, other_drift),
                       doctest::Contains("expected tensor 'parameters.rows' to be F32 of 2 x 4, got F32 of 2 x 3"),
                       wm::FileError);
}

TEST_CASE("a training continues only with the same knots") {
  Scratch const file;
  using Basis = wm::PolygonalChain<wm::Interval, 3>;
  using OnChain = wm::Manifold<Basis, wm::Dense<2, 1>>;
  auto const with = [](std::vector<double> const& knots) {
    return OnChain(wm::he_normal, wm::Seed{1}, Basis(knots), wm::Dense<2, 1>{});
  };
  OnChain model = with({0, 0, 0.25, 1, 1});
  wm::GradientFlow flow{model, wm::MeanSquaredError{}, {.rate = 0.05}};
  wm::save_checkpoint(file.path, model, flow);
  OnChain same = with({0, 0, 0.25, 1, 1});
  wm::GradientFlow same_flow{same, wm::MeanSquaredError{}, {.rate = 0.05}};
  CHECK_NOTHROW(wm::load_checkpoint(file.path, same, same_flow));
  OnChain other = with({0, 0, 0.5, 1, 1});
  wm::GradientFlow other_flow{other, wm::MeanSquaredError{}, {.rate = 0.05}};
  CHECK_THROWS_WITH_AS(wm::load_checkpoint(file.path, other, other_flow), doctest::Contains("got [0, 0, 0.25, 1, 1]"),
                       wm::FileError);
}
