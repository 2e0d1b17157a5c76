#pragma once

#include "space.hpp"

#include <wmanifold/core/random.hpp>

#include <cstddef>
#include <memory>
#include <span>

namespace demo {

/// The samples of training, of which a part is kept for validation, or those of the test.
enum class Part { training, test };

/// The view of a network: a sample at its context, or a sample with the context removed (an image turned back), where
/// the material can remove it.
enum class View { as_it_is, context_removed };

/// The places to write a sample to.
struct Shown {
  std::span<float> input;
  std::span<float> target;  ///< of a regression; empty otherwise
  int label = 0;            ///< of a classification
};

/// Shows samples at contexts. Use one per thread: it may own scratch.
class Presenter {
 public:
  virtual ~Presenter() = default;
  /// Writes sample `which` of a part. Takes its other random parts (noise) from `random`.
  virtual void show(Part part, std::size_t which, Context const& context, View view, wmanifold::Random& random,
                    Shown& to) = 0;
};

/// The samples of a study. Shared by threads.
class Material {
 public:
  virtual ~Material() = default;
  [[nodiscard]] virtual wmanifold::Index inputs() const = 0;
  /// Returns the number of classes, or of target numbers.
  [[nodiscard]] virtual wmanifold::Index outputs() const = 0;
  /// Returns whether targets are classes, scored by the share of hits in %. Other targets have unit variance, and are
  /// scored by the root mean square error in % of their deviation.
  [[nodiscard]] virtual bool has_labels() const = 0;
  [[nodiscard]] virtual std::size_t count(Part part) const = 0;
  [[nodiscard]] virtual std::unique_ptr<Presenter> presenter() const = 0;
};

}  // namespace demo
