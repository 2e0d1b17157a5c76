#pragma once

#include "space.hpp"

#include <wmanifold/core/random.hpp>

#include <cstddef>
#include <memory>
#include <span>

namespace demo {

/// Which samples: those of training, of which a part is kept for validation, or those of the test.
enum class Part { training, test };

/// What a network is shown: a sample at its context, or what is left of it once the context was undone (an image turned
/// back), where that is known how.
enum class View { as_it_is, context_removed };

/// Where a sample is written to.
struct Shown {
  std::span<float> input;
  std::span<float> target;  ///< of a regression; empty otherwise
  int label = 0;            ///< of a classification
};

/// Shows samples at contexts. One per thread: it may own scratch.
class Presenter {
 public:
  virtual ~Presenter() = default;
  /// Sample `which` of a part. What else is random about it (noise) is drawn from `random`.
  virtual void show(Part part, std::size_t which, Context const& context, View view, wmanifold::Random& random,
                    Shown& to) = 0;
};

/// The samples of a study. Shared by threads.
class Material {
 public:
  virtual ~Material() = default;
  [[nodiscard]] virtual wmanifold::Index inputs() const = 0;
  /// Classes, or numbers to be told.
  [[nodiscard]] virtual wmanifold::Index outputs() const = 0;
  /// Is a class told, scored by the share of hits in %? Else targets of unit variance, scored by the root mean square
  /// error in % of their deviation.
  [[nodiscard]] virtual bool has_labels() const = 0;
  [[nodiscard]] virtual std::size_t count(Part part) const = 0;
  [[nodiscard]] virtual std::unique_ptr<Presenter> presenter() const = 0;
};

}  // namespace demo
