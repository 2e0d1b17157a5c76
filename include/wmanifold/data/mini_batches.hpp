#pragma once

#include <wmanifold/core/aligned.hpp>
#include <wmanifold/core/random.hpp>

#include <numeric>
#include <vector>

namespace wmanifold {

/// 0, ..., count - 1 in a random order that the seed decides.
[[nodiscard]] inline std::vector<Index> shuffled_indices(Index count, Seed seed) {
  if (count < 0) [[unlikely]] {
    fail("shuffled indices: expected a count of at least 0, got ", count);
  }
  std::vector<Index> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), Index{0});
  Random(seed).shuffle(order);
  return order;
}

/// The treatment of the samples that make no whole batch.
enum class LastBatch {
  kept,    ///< they are a smaller one
  dropped  ///< they wait for another epoch
};

/// The samples of a training in mini-batches, in another order in each epoch. The seed and the number of the epoch
/// decide it and nothing else, so that a training that goes on from a file sees what it would have seen.
///
///     for (auto const& batch : batches.epoch(e)) {
///       flow.step(gather(inputs, batch), gather(angles, batch), gather(labels, batch));
///     }
///
/// A batch holds the samples' indices in the data, also where they are only a part of it, such as parts.training of a
/// split.
class MiniBatches {
 public:
  /// Of `samples`, `size` in each. ArgumentError where there would be no batch.
  MiniBatches(Index samples, Index size, Seed seed, LastBatch last = LastBatch::kept)
      : samples_(samples), size_(size), seed_(seed), last_(last) {
    check();
  }
  /// Of the samples with these indices.
  MiniBatches(std::vector<Index> part, Index size, Seed seed, LastBatch last = LastBatch::kept)
      : samples_(std::ssize(part)), part_(std::move(part)), size_(size), seed_(seed), last_(last) {
    check();
  }
  /// Batches in an epoch.
  [[nodiscard]] Index count() const noexcept {
    return samples_ / size_ + (last_ == LastBatch::kept && samples_ % size_ != 0 ? 1 : 0);
  }

  /// The batches of an epoch, from 0 on: indices of samples, none twice.
  [[nodiscard]] std::vector<std::vector<Index>> epoch(Index number) const {
    if (number < 0) [[unlikely]] {
      fail("mini-batches: expected an epoch from 0 on, got ", number);
    }
    auto order = shuffled_indices(samples_, seed_.stream(static_cast<std::uint64_t>(number)));
    if (!part_.empty()) {
      for (Index& i : order) {
        i = part_[static_cast<std::size_t>(i)];
      }
    }
    std::vector<std::vector<Index>> batches;
    for (Index b = 0; b < count(); ++b) {
      auto const begin = order.begin() + b * size_;
      batches.emplace_back(begin, begin + std::min(size_, samples_ - b * size_));
    }
    return batches;
  }

 private:
  void check() const {
    if (samples_ < 1 || size_ < 1) [[unlikely]] {
      fail("mini-batches: expected at least one sample, and one in each batch, got ", Index{samples_}, " and ", size_);
    }
    if (count() == 0) [[unlikely]] {
      fail("mini-batches: expected a batch of at most ", Index{samples_}, " samples, as a smaller one is dropped, got ",
           size_);
    }
  }

  MovedSize samples_;
  std::vector<Index> part_;  // empty: all
  Index size_;
  Seed seed_;
  LastBatch last_;
};

}  // namespace wmanifold
