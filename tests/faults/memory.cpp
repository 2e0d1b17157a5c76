// Lets every single allocation of the library's calls fail, once and from there on. The call must throw, parameters,
// optimiser and files must stay as they were, and the next call must give the numbers of a call without faults.

#include <wmanifold/wmanifold.hpp>

#include <wmanifold/io/checkpoint.hpp>
#include <wmanifold/io/network_file.hpp>

#include <check/traps.hpp>
#include <support/batches.hpp>
#include <support/threads.hpp>

#include <faults/folder.hpp>
#include <faults/tally.hpp>

#include <exception>
#include <functional>

namespace wm = wmanifold;
namespace fs = std::filesystem;

#ifdef WITHOUT_TRAPS
int main() { std::printf("skipped: this sanitizer has its own heap\n"); }
#else

namespace {

using faults::bytes_of;
using faults::Folder;
using wm::Index;

std::string operation;  // for the message of a program that ends
long allocation = 0;

/// Appends the bits of numbers.
template <class Numbers>
void add(std::string& text, Numbers const& numbers) {
  if (std::size(numbers) > 0) {
    text.append(reinterpret_cast<char const*>(std::data(numbers)), std::size(numbers) * sizeof *std::data(numbers));
  }
}
template <class R>
void add(std::string& text, wm::Parameters<R> const& block) {
  add(text, block.numbers());
}

/// An empty text with room for any result: the test's own allocations are none of the call's.
std::string room() {
  std::string text;
  text.reserve(4096);
  return text;
}

/// Case: a state that a call starts from, the call, and the bits of its result and of all that it may change.
///
///   Case()          the same state each time
///   run(text)       the call; adds the bits of its result to a text with room for them
///   state()         the bits of parameters, optimiser and files
///   may_error       whether a FileError may come out instead of std::bad_alloc
template <class Case, class... A>
void fail_each(faults::Tally& tally, char const* name, A const&... arguments) {
  operation = name;
  Case reference(arguments...);
  std::string const first = reference.state();
  std::string result = room();
  reference.run(result);
  std::string const last = reference.state();
  for (auto const kind : {support::Shortage::once, support::Shortage::lasting}) {
    for (allocation = 0;; ++allocation) {
      Case one(arguments...);
      std::string const what = std::string(name) +
                               (kind == support::Shortage::once ? ", allocation " : ", from allocation ") +
                               std::to_string(allocation);
      char const* failed = nullptr;
      bool threw = false;
      std::string got = room();
      try {
        support::short_of_memory(kind, allocation, [&] { one.run(got); });
      } catch (std::bad_alloc const&) {
        threw = true;
      } catch (wm::FileError const&) {
        threw = true;
        failed = Case::may_error ? nullptr : "a FileError came out";
      } catch (std::exception const&) {
        threw = true;
        failed = "another error came out";
      }
      if (support::refused == 0) {
        break;
      }
      if (threw && one.state() != first) {
        failed = "parameters, optimiser or files have changed";
      }
      if (!threw && (got != result || one.state() != last)) {
        failed = "the call ended without an error, but with another result";
      }
      if (threw && failed == nullptr) {
        got.clear();
        one.run(got);
        if (got != result || one.state() != last) {
          failed = "the next call gave another result";
        }
      }
      tally.count(failed == nullptr, what + ": " + (failed == nullptr ? "" : failed));
    }
  }
}

// ---- trainings -------------------------------------------------------------------------------------------

wm::LayerList dense() { return {wm::Dense<>(3, 6), wm::Tanh{}, wm::Dense<>(6, 2)}; }
wm::LayerList placed() {
  return {wm::SharedDense<>(3, 6), wm::Tanh{}, wm::LowRankDense<>(6, 4, 2), wm::Relu{}, wm::Dense<>(4, 2)};
}
wm::LayerList large() { return {wm::Dense<>(128, 128), wm::Tanh{}, wm::Dense<>(128, 128)}; }

/// What a training differs in.
struct Kind {
  wm::LayerList (*layers)() = dense;
  wm::RuleOptions options{.rate = 0.05};
  bool grouped = false;
  bool frozen = false;
  Index samples = 10;
  wm::Mixing mixing = wm::Mixing::automatic;
};

/// A step of a flow, its second one if `begun`: most memory is there then.
template <class R, class B, class Rule>
struct Step {
  static constexpr bool may_error = false;
  using Model = wm::BasicManifold<R, B, wm::LayerList>;
  using Space = typename B::Topology;

  Step(Kind const& kind, Rule const& rule, bool begun = false)
      : model(wm::he_normal.spread(0.3), wm::Seed{1}, {}, kind.layers()),
        flow(model, wm::MeanSquaredError{}, rule, kind.options),
        inputs(support::matrix<R>(kind.samples, model.inputs(), 1)),
        targets(support::matrix<R>(kind.samples, model.outputs(), 2)),
        contexts(contexts_of(kind)) {
    if (kind.frozen) {
      model.freeze(0);
    }
    flow.workspace().mixing = kind.mixing;
    if (begun) {
      flow.step(inputs.topRows(kind.samples / 2), contexts.slice(0, kind.samples / 2),
                targets.topRows(kind.samples / 2));
    }
  }
  Step(Step const&) = delete;

  static wm::Contexts<Space> contexts_of(Kind const& kind) {
    wm::Random random(wm::Seed{3});
    if (kind.grouped) {
      return wm::Contexts<Space>::grouped(wm::uniform_points<Space>(2, random), kind.samples / 2);
    }
    return wm::Contexts<Space>(wm::uniform_points<Space>(kind.samples, random));
  }
  void run(std::string& text) {
    auto const step = flow.step(inputs, contexts, targets);
    add(text, std::array{step.loss, step.movement});
  }
  [[nodiscard]] std::string state() const {
    std::string text = std::to_string(flow.state().steps) + (model.is_frozen(0) ? " frozen" : "");
    add(text, model.parameters());
    for (auto const& block : flow.state().moments) {
      add(text, block);
    }
    return text;
  }

  Model model;
  wm::GradientFlow<Model, wm::MeanSquaredError, Rule> flow;
  wm::Matrix<R> inputs;
  wm::Matrix<R> targets;
  wm::Contexts<Space> contexts;
};

template <class R, class B, class Rule>
void steps(faults::Tally& tally, char const* name, Kind const& kind, Rule const& rule) {
  fail_each<Step<R, B, Rule>>(tally, name, kind, rule);
  fail_each<Step<R, B, Rule>>(tally, name, kind, rule, true);
}

// ---- calls that change nothing ---------------------------------------------------------------------------

using Small = wm::Manifold<wm::Ellipse, wm::Dense<3, 6>, wm::Tanh, wm::Dense<6, 2>>;

struct Constant {
  static constexpr bool may_error = false;
  Small model{wm::he_normal.spread(0.3), wm::Seed{1}};
  wm::Matrix<float> inputs = support::matrix<float>(12, 3, 1);
  wm::Matrix<float> targets = support::matrix<float>(12, 2, 2);

  [[nodiscard]] std::string state() const {
    std::string text;
    add(text, model.parameters());
    return text;
  }
};

struct Evaluate : Constant {
  wm::Contexts<wm::S1> contexts{[] {
    wm::Random random(wm::Seed{3});
    return wm::uniform_points<wm::S1>(12, random);
  }()};
  void run(std::string& text) const {
    auto const got = wm::evaluate(model, wm::MeanSquaredError{}, inputs, contexts, targets);
    add(text, std::array{got.loss});
  }
};

struct At : Constant {
  void run(std::string& text) const {
    auto const network = model.at(wm::S1::degrees(70));
    std::array<float, 2> y{};
    network(std::array{0.1F, 0.2F, 0.3F}, y);
    add(text, y);
  }
};

struct AtLayers {
  static constexpr bool may_error = false;
  wm::BasicManifold<double, wm::Ellipse, wm::LayerList> model{wm::he_normal.spread(0.3), wm::Seed{1}, {}, placed()};
  void run(std::string& text) const {
    auto const network = model.at(wm::S1::degrees(70));
    for (Index l = 0; l < 3; ++l) {
      wm::Matrix<double> const weight = network.weight(l);
      text.append(reinterpret_cast<char const*>(weight.data()),
                  static_cast<std::size_t>(weight.size()) * sizeof(double));
    }
  }
  [[nodiscard]] std::string state() const {
    std::string text;
    add(text, model.parameters());
    return text;
  }
};

struct InferContext : Constant {
  void run(std::string& text) const {
    auto const found = wm::infer_context(model, wm::MeanSquaredError{}, inputs, targets);
    add(text, found.point.coordinates());
    add(text, std::array{found.uncertainty, *found.noise});
  }
};

struct MakeWalker : Constant {
  std::shared_ptr<Small const> shared = std::make_shared<Small const>(model);
  void run(std::string& text) const {
    wm::Walker walker(shared, wm::S1::degrees(0), {.speed = 0.01, .every = 4});
    walker.set_target(wm::S1::degrees(90));
    std::array<float, 30> x{};
    x[3] = 1;
    std::array<float, 20> y{};
    walker.process(x, 3, y);
    add(text, y);
  }
};

// ---- files -----------------------------------------------------------------------------------------------

/// A folder with a file, of which a call must leave all or nothing.
struct File {
  static constexpr bool may_error = true;
  Folder folder;
  fs::path path = folder.path / "file with a name of some length.safetensors";

  [[nodiscard]] std::string state() const { return bytes_of(path) + std::to_string(folder.entries()); }
};

struct SaveModel : File {
  Small model{wm::he_normal.spread(0.3), wm::Seed{1}};
  SaveModel() { wm::save_model(path, Small(wm::he_normal, wm::Seed{2})); }
  void run(std::string&) const {
    wm::save_model(path, model, {.metadata = {{"made by", "a program that runs out of memory"}}});
  }
};

struct SaveNetwork : File {
  Small model{wm::he_normal.spread(0.3), wm::Seed{1}};
  void run(std::string&) const { wm::save_network(path, model.at(wm::S1::degrees(10))); }
};

struct LoadModel : File {
  LoadModel() { wm::save_model(path, Small(wm::he_normal, wm::Seed{2})); }
  void run(std::string& text) const {
    auto const model = wm::load_model<Small>(path);
    add(text, model.parameters());
  }
};

struct LoadAnyModel : File {
  LoadAnyModel() { wm::save_model(path, Small(wm::he_normal, wm::Seed{2})); }
  void run(std::string& text) const {
    auto const model = wm::load_any_model(path);
    auto const network = model.at(wm::S1::degrees(40).coordinates());
    std::vector<float> scratch(static_cast<std::size_t>(network.scratch_size()));
    std::array<float, 2> y{};
    network(std::array{0.1F, 0.2F, 0.3F}, y, scratch);
    add(text, y);
  }
};

/// A training with progress and a checkpoint.
struct Checkpoint : File {
  using Training = Step<double, wm::Ellipse, wm::Adam>;
  Training training{Kind{}, wm::Adam{}};
  wm::Progress progress{.random = {{"batches", wm::Random{wm::Seed{2}}}}, .numbers = {{"epoch", 3}, {"best", 0.5}}};

  [[nodiscard]] std::string state() const {
    std::string text = File::state() + training.state();
    add(text, progress.random.at("batches").state());
    add(text, std::array{progress.numbers.at("epoch"), progress.numbers.at("best")});
    return text;
  }
};

struct SaveCheckpoint : Checkpoint {
  SaveCheckpoint() {
    wm::save_checkpoint(path, training.model, training.flow, progress);
    std::string ignored;
    training.run(ignored);
  }
  void run(std::string&) const { wm::save_checkpoint(path, training.model, training.flow, progress); }
};

struct LoadCheckpoint : Checkpoint {
  LoadCheckpoint() {
    wm::save_checkpoint(path, training.model, training.flow, progress);
    std::string ignored;
    training.run(ignored);
    training.model.freeze(0);
    progress.random.at("batches").uniform();
    progress.numbers.at("epoch") = 4;
  }
  void run(std::string&) { wm::load_checkpoint(path, training.model, training.flow, progress); }
};

}  // namespace

int main() {
  std::set_terminate([] {
    std::printf("terminated in %s, allocation %ld\n", operation.c_str(), allocation);
    std::fflush(stdout);
    std::abort();
  });
  faults::Tally tally("allocations that fail");

  steps<float, wm::Ellipse>(tally, "step per sample", {}, wm::HeavyBall{0.9});
  steps<float, wm::Ellipse>(tally, "step by groups", {.grouped = true, .mixing = wm::Mixing::by_groups},
                            wm::HeavyBall{0.9});
  steps<double, wm::Ellipse>(tally, "step of Adam with a clip and priors",
                             {.options = {.rate = 0.01, .clip = 0.01, .weight_decay = 0.1, .energy = 0.1}}, wm::Adam{});
  steps<double, wm::Ellipse>(tally, "step under a budget", {.options = {.movement = 0.1}}, wm::Nesterov{0.9});
  steps<double, wm::Ellipse>(tally, "step of Adam with decay and a frozen layer", {.layers = placed, .frozen = true},
                             wm::Adam{.decay = 0.1});
  steps<float, wm::CatmullRom<wm::S1, 16>>(tally, "step in a basis of local support", {.samples = 24},
                                           wm::HeavyBall{0.9});
  {
    support::Threads const two(2);
    Kind const kind{.layers = large, .samples = 96};
    std::string ignored;
    Step<float, wm::Ellipse, wm::Adam>(kind, wm::Adam{}).run(ignored);  // OpenMP has its threads before memory runs out
    steps<float, wm::Ellipse>(tally, "step on two threads", kind, wm::Adam{});
    Kind const groups{.layers = large, .grouped = true, .samples = 96, .mixing = wm::Mixing::by_groups};
    steps<float, wm::Ellipse>(tally, "step by groups on two threads", groups, wm::Adam{});
  }
  fail_each<Evaluate>(tally, "evaluate");
  fail_each<At>(tally, "at");
  fail_each<AtLayers>(tally, "at of layers as data");
  fail_each<InferContext>(tally, "infer_context");
  fail_each<MakeWalker>(tally, "Walker");
  fail_each<SaveModel>(tally, "save_model");
  fail_each<SaveNetwork>(tally, "save_network");
  fail_each<LoadModel>(tally, "load_model");
  fail_each<LoadAnyModel>(tally, "load_any_model");
  fail_each<SaveCheckpoint>(tally, "save_checkpoint");
  fail_each<LoadCheckpoint>(tally, "load_checkpoint");
  return tally.report() ? 0 : 1;
}

#endif
