#pragma once

#include <wmanifold/core/real.hpp>

#include <algorithm>
#include <ostream>
#include <span>
#include <string_view>

namespace wmanifold {

/// The way in which a batch uses the K rows of a manifold.
enum class Mixing {
  automatic,   ///< the cheaper of the two
  per_sample,  ///< y_b = sum_k phi_k(s_b) P_k x_b: K products for each sample
  by_groups,   ///< W(s_g) tile by tile per group of samples with one context; one product for each sample
};

/// Name of a way of mixing.
[[nodiscard]] constexpr std::string_view name_of(Mixing mixing) noexcept {
  return mixing == Mixing::automatic ? "automatic" : mixing == Mixing::per_sample ? "per sample" : "by groups";
}

/// The chosen way of mixing a batch, and the costs in multiply-adds per weight of a layer. Prints as one line.
struct Plan {
  Mixing mixing = Mixing::per_sample;  ///< the way taken
  Index samples = 0;                   ///< in the batch
  Index groups = 0;                    ///< equals samples if no context is shared
  Index rows = 0;                      ///< K
  Index rows_met = 0;                  ///< rows that meet at a sample: K, or fewer in a basis of local support
  double per_sample = 0;               ///< cost per sample
  double by_groups = 0;                ///< cost by groups, an estimate

  /// Prints the plan as one line.
  friend std::ostream& operator<<(std::ostream& out, Plan const& plan) {
    out << plan.samples << " samples, " << plan.groups << " contexts, " << plan.rows << " rows";
    if (plan.rows_met < plan.rows) {
      out << ", " << plan.rows_met << " at a sample";
    }
    return out << ": mixed " << name_of(plan.mixing) << " (multiply-adds per weight: per sample " << plan.per_sample
               << ", by groups about " << plan.by_groups << ')';
  }
};

/// Plans a batch whose groups end at `ends` (none: a context per sample), for a manifold of K rows, `rows_met` of which
/// meet at a sample. `wish` decides, unless it is automatic.
[[nodiscard]] inline Plan plan_batch(std::span<Index const> ends, Index samples, Index rows, Index rows_met,
                                     Mixing wish = Mixing::automatic) noexcept {
  // Mixing a weight costs one multiply-add per row and group. It reads P and writes W(s), so it costs more than one in
  // registers.
  constexpr double mixing_price = 2.5;
  // In a basis of local support, the groups of a span share the reading of its rows; a span is about a row wide. Each
  // group writes W(s) and reads its gradient once.
  constexpr double reading_price = 6.5;
  constexpr double writing_price = 6;
  constexpr Index block = 8;  // rows of a product's tile; the last tile of a span is half full on average
  auto const groups = ends.empty() ? samples : static_cast<Index>(ends.size());
  Index padded = ends.empty() ? samples * block : 0;
  Index begin = 0;
  for (Index const end : ends) {
    padded += (end - begin + block - 1) / block * block;
    begin = end;
  }
  double mixing = mixing_price * static_cast<double>(rows * groups);
  Index padding = 0;  // of the samples of a row
  if (rows_met < rows) {
    Index const spans = std::min(groups, rows);
    double const reading = reading_price * static_cast<double>(spans) + static_cast<double>(groups);
    mixing = std::min(mixing, writing_price * static_cast<double>(groups) + static_cast<double>(rows_met) * reading);
    padding = block / 2 * spans;
  }
  Plan plan{wish,
            samples,
            groups,
            rows,
            rows_met,
            static_cast<double>(rows_met * (samples + padding)),
            static_cast<double>(padded) + mixing};
  if (wish == Mixing::automatic) {
    plan.mixing = plan.by_groups < plan.per_sample ? Mixing::by_groups : Mixing::per_sample;
  }
  return plan;
}

}  // namespace wmanifold
