#pragma once

#include <wmanifold/core/stable_sort.hpp>
#include <wmanifold/data/mini_batches.hpp>

namespace wmanifold {

/// Indices of samples in two disjoint parts, each in rising order.
struct Split {
  /// The samples to train on.
  std::vector<Index> training;
  /// The samples to validate on.
  std::vector<Index> validation;
};

namespace detail {

/// Splits samples in this order. Validation samples are evenly spaced, so each run of samples has its share, up to one
/// sample.
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
    fail("split: expected a share that leaves a sample for both parts, got ", share, " of ", order.size(), " samples");
  }
  std::sort(split.training.begin(), split.training.end());
  std::sort(split.validation.begin(), split.validation.end());
  return split;
}

}  // namespace detail

/// Splits samples 0, ..., samples - 1 at random into training and validation. Validation gets `validation_share` of
/// them, to the nearest whole number. ArgumentError for a share outside (0, 1), or where a part would be empty. Samples
/// that belong together (one recording, one context) should be split by these groups instead.
[[nodiscard]] inline Split split(Index samples, double validation_share, Seed seed) {
  return detail::split_in_order(shuffled_indices(samples, seed), validation_share);
}

/// Splits samples at random so that each label's samples have the same shares, up to one sample. It is a template, so
/// only programs that call it compile the sorting.
template <class I = Index>
[[nodiscard]] Split split(std::span<int const> labels, double validation_share, Seed seed) {
  auto order = shuffled_indices(static_cast<Index>(labels.size()), seed);
  detail::stable_sort(
      order, [&](I a, I b) { return labels[static_cast<std::size_t>(a)] < labels[static_cast<std::size_t>(b)]; });
  return detail::split_in_order(order, validation_share);
}

}  // namespace wmanifold
