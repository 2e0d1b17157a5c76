#include "learner.hpp"

#include <wmanifold/core/error.hpp>

#include <algorithm>

namespace demo {

namespace wm = wmanifold;

std::string_view name_of(Optimiser optimiser) { return optimiser == Optimiser::momentum ? "momentum" : "adam"; }

std::vector<wm::Index> Recipe::widths() const {
  std::vector<wm::Index> all{inputs};
  all.insert(all.end(), hidden.begin(), hidden.end());
  all.push_back(outputs);
  return all;
}

wm::Index Learner::parameters() {
  wm::Index sum = 0;
  for (TrainedPart* part : parts()) {
    auto const& block = part->parameters();
    sum += block.rows() * block.columns() + std::ssize(block.shared());
  }
  return sum;
}

void Learner::set_rate(double rate) {
  for (TrainedPart* part : parts()) {
    part->set_rate(rate);
  }
}

void Learner::step() {
  for (TrainedPart* part : parts()) {
    part->step();
  }
}

std::vector<float> Learner::numbers() {
  std::vector<float> all;
  for (TrainedPart* part : parts()) {
    auto const numbers = part->parameters().numbers();
    all.insert(all.end(), numbers.begin(), numbers.end());
  }
  return all;
}

void Learner::restore(std::vector<float> const& numbers) {
  auto from = numbers.begin();
  for (TrainedPart* part : parts()) {
    auto const to = part->parameters().numbers();
    if (numbers.end() - from < std::ssize(to)) {
      wm::fail("learner: expected all numbers of its parts, got ", numbers.size());
    }
    std::copy_n(from, to.size(), to.begin());
    from += std::ssize(to);
  }
}

wm::Index multiply_adds_of(std::vector<wm::Index> const& widths) {
  wm::Index sum = 0;
  for (std::size_t l = 1; l < widths.size(); ++l) {
    sum += widths[l - 1] * widths[l];
  }
  return sum;
}

wm::Index parameters_of(std::vector<wm::Index> const& widths) {
  wm::Index sum = multiply_adds_of(widths);
  for (std::size_t l = 1; l < widths.size(); ++l) {
    sum += widths[l];
  }
  return sum;
}

}  // namespace demo
