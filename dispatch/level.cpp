// Defines the seam at one level. Compiled once per level, with its flags and WMANIFOLD_LEVEL, its name.

#include "level.hpp"

namespace wmanifold::detail {
namespace {

constexpr Level level = Level::WMANIFOLD_LEVEL;

template <Real R, class A>
void activate(kernel::IndexRange rows, kernel::IndexRange columns, Index stride, R* values, R* derivatives) {
  kernel::activate<LevelTarget<level>, R>(A{}, rows, columns, stride, values, derivatives);
}

template <Real R, HalfNumber S>
constexpr kernel::HalfSeam<R, S> half_seam{
    kernel::mix_rows<LevelTarget<level>, R, S>,
    kernel::mix_chosen_rows<LevelTarget<level>, R, S>,
    kernel::mixed_sample<LevelTarget<level>, R, S>,
    kernel::dense_sample<LevelTarget<level>, R, S>,
};

template <Real R>
constexpr LevelTable<R> table{
    {
        kernel::multiply<LevelTarget<level>, R>,
        kernel::dense_scratch<LevelTarget<level>, R>,
        kernel::dense_forward<LevelTarget<level>, R>,
        kernel::dense_backward_parameters<LevelTarget<level>, R>,
        kernel::dense_backward_inputs<LevelTarget<level>, R>,
        kernel::dense_backward_coefficients<LevelTarget<level>, R>,
        kernel::grouped_scratch<LevelTarget<level>, R>,
        kernel::grouped_forward<LevelTarget<level>, R>,
        kernel::grouped_backward_parameters<LevelTarget<level>, R>,
        kernel::grouped_backward_inputs<LevelTarget<level>, R>,
        kernel::mix_rows<LevelTarget<level>, R>,
        kernel::mix_chosen_rows<LevelTarget<level>, R>,
        kernel::mixed_sample<LevelTarget<level>, R>,
        kernel::dense_sample<LevelTarget<level>, R>,
        kernel::dense_block<LevelTarget<level>, R>,
        kernel::softmax_cross_entropy<LevelTarget<level>, R>,
        half_seam<R, BFloat16>,
        half_seam<R, Float16>,
    },
    activate<R, Identity>,
    activate<R, Relu>,
    activate<R, Elu>,
    activate<R, Tanh>,
    activate<R, Sigmoid>,
    activate<R, Silu>,
    activate<R, Gelu>,
    activate<R, Softplus>,
};

}  // namespace

template <>
LevelTable<float> const& level_table<level, float>() noexcept {
  return table<float>;
}
template <>
LevelTable<double> const& level_table<level, double>() noexcept {
  return table<double>;
}

}  // namespace wmanifold::detail
