#pragma once

#include <wmanifold/data/mini_batches.hpp>

namespace wmanifold {

/// Indices of samples in two parts without a common one, each rising.
struct Split {
  std::vector<Index> training;
  std::vector<Index> validation;
};

namespace detail {

/// Of samples in this order, every so many to validation, so that each run of it has its share, up to one sample.
inline Split split_in_order(std::vector<Index> const& order, double share) {
  if (!(share > 0 && share < 1)) [[unlikely]] {
    fail("split: expected a share of validation between 0 and 1, got ", share);
  }
  Split split;
  for (std::size_t i = 0; i < order.size(); ++i) {
    auto const up_to = [&](std::size_t n) { return std::floor(share * static_cast<double>(n) + 0.5); };
    (up_to(i + 1) > up_to(i) ? split.validation : split.training).push_back(order[i]);
  }
  if (split.training.empty() || split.validation.empty()) [[unlikely]] {
    fail("split: expected enough samples for both parts, got ", order.size(), " with a share of ", share);
  }
  std::sort(split.training.begin(), split.training.end());
  std::sort(split.validation.begin(), split.validation.end());
  return split;
}

}  // namespace detail

/// Samples 0, ..., samples - 1 at random into training and validation, of which validation has this share, to the
/// nearest whole number. ArgumentError where a part would be empty. Samples that belong together (one recording, one
/// context) are better split by what they belong to.
[[nodiscard]] inline Split split(Index samples, double validation_share, Seed seed) {
  return detail::split_in_order(shuffled_indices(samples, seed), validation_share);
}

/// The same with each label's samples in the same shares, up to one sample. A template, so that only who calls
/// it compiles the sorting.
template <class I = Index>
[[nodiscard]] Split split(std::span<int const> labels, double validation_share, Seed seed) {
  auto order = shuffled_indices(static_cast<Index>(labels.size()), seed);
  std::stable_sort(order.begin(), order.end(), [&](I a, I b) {
    return labels[static_cast<std::size_t>(a)] < labels[static_cast<std::size_t>(b)];
  });
  return detail::split_in_order(order, validation_share);
}

}  // namespace wmanifold
