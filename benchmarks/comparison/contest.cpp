#include "contest.hpp"

#include "agreement.hpp"
#include "common/threads.hpp"
#include "machine.hpp"
#include "peak.hpp"
#include "phase.hpp"
#include "points.hpp"
#include "products.hpp"
#include "text.hpp"

#include <wmanifold/core/aligned.hpp>
#include <wmanifold/core/half.hpp>
#include <wmanifold/core/random.hpp>
#include <wmanifold/version.hpp>

#include <algorithm>
#include <memory>

namespace comparison {
namespace {

constexpr double checked_rate = 0.01;  // large enough to see the moves
constexpr double timed_rate = 1e-6;    // small enough to stay in place: a trained network's zeros would be another task

using Train = Training (*)(Problem const&, double);

class Preparation {
 public:
  explicit Preparation(std::string const& only) : only_(only) {}

  /// Opens a heat of these cases and targets if one of them is wanted.
  [[nodiscard]] bool opens(std::vector<std::string> const& names) {
    if (std::none_of(names.begin(), names.end(), [&](auto const& n) { return n.find(only_) != n.npos; })) {
      for (auto const& n : names) {
        contest_.absences[{n, {}}] = demo::joined(n, " was not run (--only ", only_, ')');
      }
      return false;
    }
    contest_.heats.push_back({fma_loop(1)});
    return true;
  }

  void training(Problem const& problem, std::vector<std::pair<char const*, Train>> const& contenders) {
    Course const reference = course_of(train_reference(problem, checked_rate), problem);
    for (auto const& [contender, train] : contenders) {
      if (contender == std::string(name::torch) && torch_version().empty()) {
        continue;
      }
      std::string const fault = disagreement(course_of(train(problem, checked_rate), problem), reference, problem);
      Training const timed = train(problem, timed_rate);
      enter({problem.shape.name, contender, problem.shape.step_flops(), problem.shape.step_bytes(), 1,
             [timed](std::size_t calls) { timed.steps(calls); }},
            fault);
    }
  }

  /// Adds a checked case. `fault` is empty, or says why the case is left out.
  void enter(Case entry, std::string const& fault) {
    if (fault.empty()) {
      contest_.heats.back().push_back(std::move(entry));
    } else {
      contest_.absences[{entry.name, entry.contender}] =
          demo::joined(entry.contender, " disagrees with the reference in ", entry.name, ": ", fault);
    }
  }

  /// Leaves a contender out of one case.
  void left_out(std::string const& name, std::string const& contender, std::string const& reason) {
    contest_.absences[{name, contender}] = reason;
  }
  void absent(std::string const& contender, std::string const& reason) { contest_.absences[{{}, contender}] = reason; }
  void present(std::string const& contender, std::string const& version) { contest_.versions[contender] = version; }

  [[nodiscard]] Contest finish() && { return std::move(contest_); }

 private:
  std::string only_;
  Contest contest_;
};

void add_steps(Preparation& to) {
  for (Shape const& shape :
       {Shape{"step-512-k3", 256, {784, 512, 512, 10}}, Shape{"step-128-k3", 256, {784, 128, 128, 10}},
        Shape{"step-32-k3", 64, {64, 32, 32, 10}}, Shape{"step-16-k3", 32, {2, 16, 16, 1}}}) {
    if (to.opens({shape.name, shape.name + "-eigen"})) {
      to.training(Problem(shape), {{name::ours, train_ours}, {name::torch, train_torch}, {name::eigen, train_eigen}});
    }
  }
}

void add_local_steps(Preparation& to) {
  std::vector<int> const widths{196, 64, 64, 10};
  if (to.opens({"step-64-plain", "finite-32", "chain-16", "catmull-16"})) {
    for (Shape const& shape :
         {Shape{"step-64-plain", 256, widths, 1}, Shape{"finite-32", 256, widths, 32, 1, Family::one_per_context},
          Shape{"chain-16", 256, widths, 16, 1, Family::chain},
          Shape{"catmull-16", 256, widths, 16, 1, Family::catmull_rom}}) {
      to.training(Problem(shape), {{name::ours, train_ours}});
    }
  }
}

void add_groups(Preparation& to) {
  std::vector<int> const widths{784, 128, 128, 10};
  if (to.opens({"step-128-plain", "groups-k3", "groups-k9", "groups-k3-libtorch", "groups-k9-libtorch"})) {
    to.training(Problem({"step-128-plain", 256, widths, 1}), {{name::ours, train_ours}});
    for (Shape const& shape : {Shape{"groups-k3", 256, widths, 3, 32}, Shape{"groups-k9", 256, widths, 9, 32}}) {
      to.training(Problem(shape), {{name::ours, train_ours}, {name::torch, train_torch_groups}});
    }
  }
}

void add_threads(Preparation& to) {
  if (!to.opens({"threads-1", "threads-2"})) {
    return;
  }
  Problem const problem({"step-512-k3", 256, {784, 512, 512, 10}});
  Training const timed = train_ours(problem, timed_rate);
  Case one{
      "threads-1", name::ours, problem.shape.step_flops(), problem.shape.step_bytes(), 1, [timed](std::size_t calls) {
        timed.steps(calls);
      }};
  Case two = one;
  two.name = "threads-2";
  two.threads = 2;
  two.run = [timed](std::size_t calls) {
    bench::use_threads(2);
    timed.steps(calls);
    bench::use_threads(1);
  };
  to.enter(one, {});
  to.enter(two, {});
  to.enter(fma_loop(2), {});
}

/// Random operands of a product, and the product by plain loops in double.
struct Operands {
  wmanifold::AlignedVector<float> a, b, c;
  std::vector<double> product;

  explicit Operands(ProductShape const& shape)
      : c(static_cast<std::size_t>(shape.rows * shape.columns)), product(c.size()) {
    wmanifold::Random random{wmanifold::Seed{3}};
    for (int i = 0; i < shape.rows * shape.depth; ++i) {
      a.push_back(static_cast<float>(random.normal()));
    }
    for (int i = 0; i < shape.depth * shape.columns; ++i) {
      b.push_back(static_cast<float>(random.normal()));
    }
    for (int r = 0; r < shape.rows; ++r) {
      for (int p = 0; p < shape.depth; ++p) {
        for (int column = 0; column < shape.columns; ++column) {
          product[static_cast<std::size_t>(r * shape.columns + column)] +=
              static_cast<double>(a[static_cast<std::size_t>(r * shape.depth + p)]) *
              static_cast<double>(b[static_cast<std::size_t>(p * shape.columns + column)]);
        }
      }
    }
  }
};

void add_product(Preparation& to, std::string const& name, ProductShape const& shape,
                 std::vector<Blas> const& libraries) {
  auto const operands = std::make_shared<Operands>(shape);
  auto const enter = [&](std::string const& contender, Multiply const& multiply) {
    if (!multiply) {
      to.left_out(name, contender, demo::joined(contender, " has no product for the shape of ", name));
      return;
    }
    auto const run = [=](std::size_t calls) {
      multiply(operands->a.data(), operands->b.data(), operands->c.data(), calls);
    };
    std::fill(operands->c.begin(), operands->c.end(), 0.0F);
    run(1);
    to.enter({name, contender, shape.flops(), shape.bytes(), 1, run},
             disagreement({operands->c.begin(), operands->c.end()}, operands->product));
  };
  enter(name::ours, multiply_ours(shape));
  enter(name::eigen, multiply_eigen(shape));
  for (Blas const& library : libraries) {
    if (library.prepare) {
      enter(library.name, library.prepare(shape));
    }
  }
}

void add_products(Preparation& to, std::vector<Blas> const& libraries) {
  if (to.opens({"product", "product-peak", "product-onednn"})) {
    add_product(to, "product", {256, 512, 1536}, libraries);
  }
  for (int const n : {16, 32, 64}) {
    std::string const name = demo::joined("product-", n);
    if (to.opens({name})) {
      add_product(to, name, {n, n, n}, libraries);
    }
  }
}

void add_points(Preparation& to) {
  for (auto const& [widths, bend] :
       {std::pair{std::vector{64, 32, 32, 10}, Bend::relu}, std::pair{std::vector{2, 16, 16, 1}, Bend::tanh},
        std::pair{std::vector{2, 16, 16, 1}, Bend::relu}, std::pair{std::vector{64, 128, 128, 10}, Bend::relu}}) {
    PointProblem const problem(widths, bend);
    if (!to.opens({problem.name, "point-eigen"})) {
      continue;
    }
    for (auto const& [contender, answer] : {std::pair{name::ours, &point_ours}, std::pair{name::eigen, &point_eigen}}) {
      Answering const answering = answer(problem);
      answering.run(PointProblem::samples);
      to.enter({problem.name, contender, problem.flops(), problem.bytes(), 1, answering.run},
               disagreement(answering.result(), problem.outputs));
    }
  }
}

/// Returns a case of a call for each sample.
Case one_by_one(Case entry, Answering const& point) {
  entry.contender = name::one_by_one;
  entry.run = [run = point.run](std::size_t calls) { run(calls * PointProblem::samples); };
  return entry;
}

void add_blocks(Preparation& to) {
  for (auto const& widths : {std::vector{32, 16, 16, 1}, std::vector{64, 32, 32, 10}, std::vector{64, 128, 128, 10}}) {
    PointProblem const problem(widths, Bend::relu);
    std::string const name = "block-" + problem.sizes();
    if (!to.opens({name, "block-over-single-" + problem.sizes()})) {
      continue;
    }
    Case entry{name, name::ours, PointProblem::samples * problem.flops(), problem.block_bytes()};
    for (auto const& [contender, answer] : {std::pair{name::ours, &block_ours}, std::pair{name::eigen, &block_eigen}}) {
      Answering const block = answer(problem);
      block.run(1);
      entry.contender = contender;
      entry.run = block.run;
      to.enter(entry, disagreement(block.result(), problem.outputs));
    }
    Answering const point = point_ours(problem);
    point.run(PointProblem::samples);
    to.enter(one_by_one(entry, point), disagreement(point.result(), problem.outputs));
  }
}

void add_walker(Preparation& to) {
  if (!to.opens({"walker-rest-64"})) {
    return;
  }
  PointProblem const problem({32, 16, 16, 1}, Bend::tanh, 1);
  Answering const walker = walker_ours(problem);
  walker.run(1);
  Case const entry{"walker-rest-64",      name::ours, PointProblem::samples * problem.flops(),
                   problem.block_bytes(), 1,          walker.run};
  to.enter(entry, disagreement(walker.result(), problem.outputs));
  Answering const point = point_ours(problem);
  point.run(PointProblem::samples);
  to.enter(one_by_one(entry, point), disagreement(point.result(), problem.outputs));
}

void add_moves(Preparation& to) {
  Problem const problem({"move-64-32-32-10-k3", 64, {64, 32, 32, 10}});
  if (!to.opens({problem.shape.name})) {
    return;
  }
  std::vector<double> reference;  // the network at the last angle
  auto const rows = static_cast<std::size_t>(problem.shape.rows);
  std::size_t numbers = 0;
  for (auto const& layer : problem.parameters) {
    numbers += layer.size();
    for (std::size_t i = 0; i < layer.size() / rows; ++i) {
      double sum = 0;
      for (std::size_t k = 0; k < rows; ++k) {
        sum += static_cast<double>(problem.phi[problem.phi.size() - rows + k]) * layer[k * layer.size() / rows + i];
      }
      reference.push_back(sum);
    }
  }
  Answering const answering = move_ours(problem);
  answering.run(problem.contexts.size());
  double const flops = 2 * static_cast<double>(numbers);
  double const bytes = sizeof(float) * static_cast<double>(numbers + reference.size());
  to.enter({problem.shape.name, name::ours, flops, bytes, 1, answering.run},
           disagreement(answering.result(), reference));
}

void add_phase(Preparation& to) {
  if (!to.opens({PhaseProblem::name, PhaseProblem::name_of_two, PhaseProblem::name_in_bfloat16})) {
    return;
  }
  PhaseProblem const problem;
  struct Entry {
    char const* name;
    char const* contender;
    Answering (*answer)(PhaseProblem const&);
  };
  for (Entry const& entry : {
           Entry{PhaseProblem::name, name::ours, phase_ours},
           Entry{PhaseProblem::name, name::eigen, phase_eigen},
           Entry{PhaseProblem::name, name::eigen_weighted, phase_eigen_weighted},
       }) {
    Answering const answering = entry.answer(problem);
    answering.run(PhaseProblem::frames);
    Case const one{entry.name, entry.contender, problem.flops(), problem.bytes(), 1, answering.run};
    to.enter(one, disagreement(answering.result(), problem.outputs));
    if (entry.answer == phase_ours) {
      Case two = one;
      two.name = PhaseProblem::name_of_two;
      two.threads = 2;
      two.run = [run = answering.run](std::size_t calls) {
        bench::use_threads(2);
        run(calls);
        bench::use_threads(1);
      };
      to.enter(two, {});
    }
  }
  // The reference has the rounded parameters, too, so the outputs agree as closely as in float.
  PhaseProblem const rounded(true);
  Answering const answering = phase_ours_in_bfloat16(rounded);
  answering.run(PhaseProblem::frames);
  to.enter({PhaseProblem::name_in_bfloat16, name::ours, rounded.flops(), rounded.bytes(sizeof(wmanifold::BFloat16)), 1,
            answering.run},
           disagreement(answering.result(), rounded.outputs));
}

}  // namespace

Contest prepare(std::string const& only) {
  Preparation preparation(only);
  preparation.present(name::ours, std::string(wmanifold::version));
  preparation.present(name::eigen, demo::eigen_version());
  if (torch_version().empty()) {
    preparation.absent(name::torch, "LibTorch was not found (Debian: libtorch-dev)");
  } else {
    preparation.present(name::torch, demo::joined(torch_version(), " with ", blas_of_process()));
  }
  auto libraries = load_blas();
  libraries.push_back(xsmm());
  for (Blas const& library : libraries) {
    library.prepare ? preparation.present(library.name, library.version)
                    : preparation.absent(library.name, library.reason);
  }
  bench::use_threads(1);
  add_steps(preparation);
  add_local_steps(preparation);
  add_groups(preparation);
  add_products(preparation, libraries);
  add_threads(preparation);
  add_points(preparation);
  add_blocks(preparation);
  add_walker(preparation);
  add_moves(preparation);
  add_phase(preparation);
  return std::move(preparation).finish();
}

}  // namespace comparison
