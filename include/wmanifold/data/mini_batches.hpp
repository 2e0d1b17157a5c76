#pragma once

#include <wmanifold/core/aligned.hpp>
#include <wmanifold/core/random.hpp>

#include <numeric>
#include <vector>

namespace wmanifold {

/// Returns 0, ..., count - 1 in a random order that the seed decides. ArgumentError for a negative count.
[[nodiscard]] inline std::vector<Index> shuffled_indices(Index count, Seed seed) {
  if (count < 0) [[unlikely]] {
    fail("shuffled indices: expected a count of at least 0, got ", count);
  }
  std::vector<Index> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), Index{0});
  Random(seed).shuffle(order);
  return order;
}

/// The treatment of samples left over after the last whole batch.
enum class LastBatch {
  kept,    ///< they form a smaller batch
  dropped  ///< they take no part in this epoch
};

/// The samples of a training in mini-batches, in a new order each epoch. The seed and the epoch's number alone decide
/// the order. A training that continues from a file therefore sees the same batches.
///
///     for (auto const& batch : batches.epoch(e)) {
///       flow.step(gather(inputs, batch), gather(angles, batch), gather(labels, batch));
///     }
///
/// A batch holds indices of samples in the whole data, even if the mini-batches cover only a part of it, such as
/// parts.training of a split.
class MiniBatches {
 public:
  /// Mini-batches of the samples 0, ..., samples - 1, with `size` in each. ArgumentError where there would be no batch.
  MiniBatches(Index samples, Index size, Seed seed, LastBatch last = LastBatch::kept)
      : samples_(samples), size_(size), seed_(seed), last_(last) {
    check();
  }
  /// Mini-batches of the samples with these indices. A braced number is a count: MiniBatches({5}, ...) has the samples
  /// 0 to 4. For sample 5 alone pass std::vector<Index>{5}.
  MiniBatches(std::vector<Index> part, Index size, Seed seed, LastBatch last = LastBatch::kept)
      : samples_(std::ssize(part)), part_(std::move(part)), size_(size), seed_(seed), last_(last) {
    check();
  }
  /// Returns the number of batches in an epoch.
  [[nodiscard]] Index count() const noexcept {
    return samples_ / size_ + (last_ == LastBatch::kept && samples_ % size_ != 0 ? 1 : 0);
  }

  /// Returns the batches of an epoch (numbered from 0) as indices of samples; no sample occurs twice. ArgumentError for
  /// a negative number.
  [[nodiscard]] std::vector<std::vector<Index>> epoch(Index number) const {
    if (number < 0) [[unlikely]] {
      fail("mini-batches: expected an epoch of at least 0, got ", number);
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
      fail("mini-batches: expected at least one sample and batches of at least one, got ", Index{samples_}, " and ",
           size_);
    }
    if (count() == 0) [[unlikely]] {
      fail("mini-batches: expected a batch of at most ", Index{samples_}, " samples, got ", size_,
           "; lower it, or keep the last, smaller batch");
    }
  }

  MovedSize samples_;
  std::vector<Index> part_;  // empty: all samples
  Index size_;
  Seed seed_;
  LastBatch last_;
};

}  // namespace wmanifold
