#pragma once

#include <wmanifold/kernel/seam.hpp>
#include <wmanifold/network/explain.hpp>
#include <wmanifold/network/passes.hpp>

#include <limits>
#include <span>
#include <type_traits>

namespace wmanifold {

/// Largest size in bytes of a network that is stored in the object itself. Larger ones use the heap, to spare the
/// stack.
inline constexpr Index network_bytes_in_place = Index{64} * 1024;

namespace detail {

template <Real R, Index N>
inline constexpr bool in_place = N != dynamic&& N* static_cast<Index>(sizeof(R)) <= network_bytes_in_place;

/// Throws ArgumentError if the spans of one sample do not fit.
template <Real R>
void require_sample(Index inputs, Index outputs, std::span<R const> x, std::span<R> y) {
  require_count("network input", "numbers", inputs, static_cast<Index>(x.size()));
  require_count("network output", "numbers", outputs, static_cast<Index>(y.size()));
}
template <Real R>
void require_scratch(Index size, std::span<R> scratch) {
  if (static_cast<Index>(scratch.size()) < size) [[unlikely]] {
    fail("network scratch: expected at least ", size, " numbers, got ", scratch.size());
  }
}

/// The number of samples in a block, sample b of which reads `inputs` numbers from x[b * step] on. Throws ArgumentError
/// for sizes that do not fit. `where` begins the message.
inline Index require_block(char const* where, Index inputs, Index outputs, std::size_t x, Index step, std::size_t y) {
  auto const samples = static_cast<Index>(y) / outputs;
  if (step < 1 || static_cast<Index>(y) % outputs != 0) [[unlikely]] {
    fail(where, ": expected samples at least 1 apart and whole samples of ", outputs, " outputs, got samples ", step,
         " apart and ", y, " outputs");
  }
  Index const beyond = static_cast<Index>(x) - inputs;  // largest start of a sample
  if (samples > 0 && (beyond < 0 || (samples > 1 && step > beyond / (samples - 1)))) [[unlikely]] {
    Index const most = std::numeric_limits<Index>::max();
    Index const needed = samples > 1 && step > (most - inputs) / (samples - 1) ? most : (samples - 1) * step + inputs;
    fail(where, ": expected at least ", needed, " numbers for ", samples, " samples of ", inputs, " inputs, ", step,
         " apart, got ", x);
  }
  return samples;
}

/// Number of zeros behind the parameters, so that kernels may read whole vectors.
template <Real R>
inline constexpr Index behind = static_cast<Index>(alignment / sizeof(R));

template <Real R, Index N>
struct NetworkStorage {
  explicit NetworkStorage(Index size) : numbers(static_cast<std::size_t>(size + behind<R>)), count_(size) {}
  AlignedVector<R> numbers;
  [[nodiscard]] std::size_t count() const noexcept { return static_cast<std::size_t>(std::ptrdiff_t{count_}); }

 private:
  MovedSize count_;
};
template <Real R, Index N>
requires(in_place<R, N>) struct NetworkStorage<R, N> {
  explicit NetworkStorage(Index) noexcept {}
  alignas(alignment) std::array<R, static_cast<std::size_t>(N + behind<R>)> numbers{};
  [[nodiscard]] static constexpr std::size_t count() noexcept { return static_cast<std::size_t>(N); }
};

}  // namespace detail

/// An ordinary network: one row of N weights and biases. A manifold at a point is one.
template <Real R, class... Layers>
class BasicNetwork {
 public:
  using Scalar = R;                           ///< type of the numbers
  using Stack = wmanifold::Stack<Layers...>;  ///< type of the layers

  /// A network with all weights and biases zero.
  BasicNetwork() requires(Stack::is_static) : BasicNetwork(Stack{}) {}
  /// A network of these layers, all weights and biases zero.
  explicit BasicNetwork(Layers... layers) : BasicNetwork(Stack{std::move(layers)...}) {}
  /// A network of these layers, with all parameters zero. Throws ArgumentError for layers that are shared, low-rank or of
  /// gains, as a network has no contexts.
  explicit BasicNetwork(Stack stack) : stack_(std::move(stack)), storage_(parameters_of(stack_)) {
    for (Index l = 0; l < stack_.depth(); ++l) {
      if (stack_.dense(l).placement != Placement::manifold) [[unlikely]] {
        fail("network: expected Dense layers alone, as a network has no contexts, got dense layer ", l,
             ", which is shared, low-rank or of gains; use those of stack.at_point()");
      }
    }
  }

  /// Layers.
  [[nodiscard]] Stack const& stack() const noexcept { return stack_; }
  /// Number of inputs.
  [[nodiscard]] Index inputs() const noexcept { return inputs_of(stack_); }
  /// Number of outputs.
  [[nodiscard]] Index outputs() const noexcept { return outputs_of(stack_); }

  /// All N numbers, layer by layer, weights before biases.
  [[nodiscard]] std::span<R> parameters() noexcept { return {storage_.numbers.data(), storage_.count()}; }
  /// The same, read-only.
  [[nodiscard]] std::span<R const> parameters() const noexcept { return {storage_.numbers.data(), storage_.count()}; }

  /// Weights (outputs x inputs) of dense layer l. Throws ArgumentError if there is no such layer.
  [[nodiscard]] WeightMap<R> weight(Index l) { return weight_at(shape(l), storage_.numbers.data() + shape(l).offset); }
  /// The same, read-only.
  [[nodiscard]] ConstWeightMap<R> weight(Index l) const {
    return weight_at(shape(l), storage_.numbers.data() + shape(l).offset);
  }
  /// Biases of dense layer l, with the same error.
  [[nodiscard]] BiasMap<R> bias(Index l) { return bias_at(shape(l), storage_.numbers.data() + shape(l).offset); }
  /// The same, read-only.
  [[nodiscard]] ConstBiasMap<R> bias(Index l) const {
    return bias_at(shape(l), storage_.numbers.data() + shape(l).offset);
  }

  /// Runs one sample: y = f(x). `x` has inputs() numbers, `y` outputs(), `scratch` at least scratch_size(). Throws
  /// ArgumentError for other sizes, and nothing otherwise. No allocation, no lock.
  template <class T = HostTarget>
  void operator()(std::span<R const> x, std::span<R> y, std::span<R> scratch) const {
    require_parameters();
    detail::require_sample<R>(inputs(), outputs(), x, y);
    detail::require_scratch<R>(scratch_size(), scratch);
    if constexpr (Stack::is_static && !kernel::ThroughTable<T>) {
      run_static<T, 0>(x.data(), y.data());
    } else {
      run_block<T>({x.data(), inputs()}, 1, y.data(), scratch.data(), 1);
    }
  }

  /// Runs one sample through a network whose sizes are known at compile time. The code is unrolled as far as it is
  /// small; the scratch is on the stack.
  template <class T = HostTarget>
  void operator()(std::span<R const> x, std::span<R> y) const requires(Stack::is_static) {
    require_parameters();
    detail::require_sample<R>(inputs(), outputs(), x, y);
    if constexpr (kernel::ThroughTable<T>) {  // a table does not know the sizes
      LocalArray<R, static_cast<std::size_t>(2 * whole_lines(widest_of(Stack{})))> scratch;
      run_block<T>({x.data(), inputs()}, 1, y.data(), scratch.data(), 1);
    } else {
      run_static<T, 0>(x.data(), y.data());
    }
  }

  /// Overload for wrong arguments: a compile-time message says why. A call without scratch is left to the overloads
  /// above, so that programs can test which of them exist.
  template <class T = HostTarget, class... A>
  requires(!detail::fits<std::tuple<std::span<R const>, std::span<R>, std::span<R>>, A...> &&
           !detail::fits<std::tuple<std::span<R const>, std::span<R>>, A...>) auto
  operator()(A&&...) const {
    detail::explain_sample<R, A...>();
    return std::vector<R>();
  }

  /// Numbers of scratch that a sample needs.
  [[nodiscard]] Index scratch_size() const noexcept { return block_scratch_size(1); }

  /// Runs a block of samples, a few of which share each load of a weight. Sample b reads inputs() numbers from
  /// x[b * step] on and writes outputs() numbers to y[b * outputs()]; y.size() sets the number of samples. A step of
  /// inputs() has samples one behind the other, a step of 1 a window that slides over a signal. A sample's numbers do
  /// not depend on the block, and equal those of a single sample within rounding. With one input and one output, `y`
  /// may be `x`. `scratch` has at least block_scratch_size(1) numbers; block_scratch_size(32) is fast. Throws
  /// ArgumentError for sizes that do not fit, and nothing otherwise. No allocation, no lock.
  template <class T = HostTarget>
  void process(std::span<R const> x, Index step, std::span<R> y, std::span<R> scratch) const {
    require_parameters();
    Index const samples = detail::require_block("network", inputs(), outputs(), x.size(), step, y.size());
    detail::require_scratch<R>(block_scratch_size(1), scratch);
    run_block<T>({x.data(), step}, samples, y.data(), scratch.data(),
                 static_cast<Index>(scratch.size()) / block_scratch_size(1));
  }
  /// Runs a block through a network whose sizes are known at compile time. The scratch is on the stack.
  template <class T = HostTarget>
  void process(std::span<R const> x, Index step, std::span<R> y) const requires(Stack::is_static) {
    constexpr Index each = 2 * whole_lines(widest_of(Stack{}));
    constexpr Index at_once =
        std::clamp(network_bytes_in_place / (2 * each * static_cast<Index>(sizeof(R))), Index{1}, Index{32});
    alignas(alignment) std::array<R, static_cast<std::size_t>(at_once * each)> scratch;
    process<T>(x, step, y, scratch);
  }

  /// Overload for wrong arguments: a compile-time message says why.
  template <class T = HostTarget, class... A>
  requires(!detail::fits<std::tuple<std::span<R const>, Index, std::span<R>, std::span<R>>, A...> &&
           !(Stack::is_static && detail::fits<std::tuple<std::span<R const>, Index, std::span<R>>, A...>)) void
  process(A&&...) const {
    detail::explain_block<R, A...>();
  }

  /// Numbers of scratch for blocks of `samples` samples at once.
  [[nodiscard]] Index block_scratch_size(Index samples) const noexcept {
    return 2 * samples * whole_lines(widest_of(stack_));
  }

  /// Runs a batch, samples x inputs to samples x outputs. Returns a view into the workspace. Throws ArgumentError for a
  /// wrong size, an empty batch, a NaN or an infinity.
  template <class T = HostTarget>
  BatchView<R> predict(ConstMatrixRef<R> const& inputs, Workspace<R>& work) const {
    require_parameters();
    require_batch<R>("inputs", inputs, this->inputs());
    work.coefficients.set_one_row(inputs.rows(), plan_batch({}, inputs.rows(), 1, 1));
    return forward_pass<T, R>(stack_, ParametersView<R const>{storage_.numbers.data(), 1, 0}, work.coefficients,
                              {inputs.data(), inputs.outerStride()}, false, work.cache, work.scratch);
  }

  friend bool operator==(BasicNetwork const& a, BasicNetwork const& b) {
    return a.stack_ == b.stack_ && a.storage_.numbers == b.storage_.numbers;
  }

 private:
  void require_parameters() const {
    if (storage_.count() == 0) [[unlikely]] {
      fail("network: expected a network with parameters, got a moved-from one");
    }
  }
  DenseLayout const& shape(Index l) const {
    require_parameters();
    if (l < 0 || l >= stack_.depth()) [[unlikely]] {
      fail("network: expected a dense layer in [0, ", stack_.depth() - 1, "], got ", l);
    }
    return stack_.dense(l);
  }

  /// Rounds up to whole cache lines, which are whole vectors of every target.
  static constexpr Index whole_lines(Index count) noexcept {
    return (count + detail::behind<R> - 1) / detail::behind<R> * detail::behind<R>;
  }

  /// Runs `samples` samples, at most `at_once` at a time.
  template <class T>
  void run_block(kernel::Samples<R const> x, Index samples, R* y, R* scratch, Index at_once) const noexcept {
    Index const depth = stack_.depth();
    Index const half = at_once * whole_lines(widest_of(stack_));
    while (samples > 0) {
      Index const count = std::min(at_once, samples);
      kernel::Samples<R const> from = x;
      for (Index l = 0; l < depth; ++l) {
        DenseLayout const& dense = stack_.dense(l);
        kernel::Samples<R> const to{scratch + l % 2 * half, whole_lines(dense.outputs)};
        R const* const parameters = storage_.numbers.data() + dense.offset;
        stack_.with_activation(l, [&]<class A>(A const& activation) {
          if constexpr (kernel::ThroughTable<T>) {
            kernel::dense_block<T, R>(parameters, dense.inputs, dense.outputs, count, from, to);
            kernel::activate<T, R>(activation, count * to.stride, to.data, static_cast<R*>(nullptr));
          } else {
            kernel::dense_block<T, R>(parameters, dense.inputs, dense.outputs, count, from, to, activation);
          }
        });
        from = {to.data, to.stride};
      }
      for (Index b = 0; b < count; ++b) {
        std::copy_n(from.data + b * from.stride, outputs(), y + b * outputs());
      }
      samples -= count;
      if (samples > 0) {  // a step may be as large as a number goes where one sample is left
        x.data += count * x.stride;
        y += count * outputs();
      }
    }
  }

  template <Index L>
  static constexpr DenseLayout static_shape = Stack{}.dense(L);

  /// Runs the layers from L on.
  template <class T, Index L>
  void run_static(R const* x, R* y) const noexcept {
    alignas(alignment) std::array<R, static_cast<std::size_t>(simd::whole_vectors<T, R>(static_shape<L>.outputs))> to;
    kernel::static_sample<T, R, static_shape<L>.inputs, static_shape<L>.outputs>(
        storage_.numbers.data() + static_shape<L>.offset, x, to.data(), stack_.template activation<L>());
    if constexpr (L + 1 < Stack::depth()) {
      run_static<T, L + 1>(to.data(), y);
    } else {
      std::copy_n(to.begin(), static_shape<L>.outputs, y);
    }
  }

  Stack stack_;
  detail::NetworkStorage<R, Stack::static_parameters> storage_;
};

/// A network in float.
template <class... Layers>
using Network = BasicNetwork<float, Layers...>;

}  // namespace wmanifold
