#pragma once

#include <properties/case.hpp>

#include <support/threads.hpp>

namespace properties {

/// The number of threads changes no bit of a pass. Layers and batches are large enough for several threads.
struct ThreadsChangeNoBit {
  static constexpr char const* name = "ThreadsChangeNoBit";
  static constexpr char const* header = "properties/threads.hpp";

  std::string operator()(Case const& c) const {
    return in_both([&]<class R>(R) -> std::string {
      World<R> const world(c);
      for (auto const mixing : {wm::Mixing::per_sample, wm::Mixing::by_groups}) {
        auto const with = [&](int threads) {
          support::Threads const limit(threads);
          return run(world.model, world.inputs, world.contexts, world.slopes, mixing);
        };
        auto const one = with(1);
        for (int const threads : {2, 3, 5}) {
          if (!(with(threads) == one)) {
            return std::to_string(threads) + " threads, mixed " + std::string(wm::name_of(mixing)) +
                   ": expected the bits of one thread, got others";
          }
        }
      }
      return {};
    });
  }
};

/// The division of samples into blocks, the scratch and the distance of samples change no bit of a network's outputs.
struct BlocksChangeNoBit {
  static constexpr char const* name = "BlocksChangeNoBit";
  static constexpr char const* header = "properties/threads.hpp";

  std::string operator()(Case const& c) const {
    return in_both([&]<class R>(R) -> std::string {
      World<R> world(c);
      auto const network =
          world.model.at({world.contexts.row(0).data(), static_cast<std::size_t>(world.contexts.cols())});
      Index const samples = world.inputs.rows();
      Index const inputs = network.inputs();
      Index const outputs = network.outputs();
      // A window that slides over a signal reads the same samples as a copy of each.
      Index const step = 1 + c.choice % inputs;
      auto const signal = numbers<R>(1, (samples - 1) * step + inputs, world.random);
      wm::Matrix<R> copies(samples, inputs);
      for (Index b = 0; b < samples; ++b) {
        copies.row(b) = signal.middleCols(b * step, inputs);
      }
      wm::Matrix<R> whole(samples, outputs);
      std::vector<R> scratch(static_cast<std::size_t>(network.block_scratch_size(32)));
      auto const process = [&](wm::Matrix<R> const& x, Index first, Index apart, Index count, std::span<R> with,
                               wm::Matrix<R>& y) {
        network.process(std::span(x.data() + first * apart, static_cast<std::size_t>((count - 1) * apart + inputs)),
                        apart, std::span(y.row(first).data(), static_cast<std::size_t>(count * outputs)), with);
      };
      process(signal, 0, step, samples, scratch, whole);
      wm::Matrix<R> parts(samples, outputs);
      for (Index first = 0; first < samples;) {
        Index const count = 1 + world.random.below(std::min(samples - first, Index{40}));
        Index const at_once = 1 + world.random.below(32);
        process(copies, first, inputs, count,
                std::span(scratch).first(static_cast<std::size_t>(network.block_scratch_size(at_once))), parts);
        first += count;
      }
      if (parts != whole) {
        return "expected the bits of one block, got others from several blocks";
      }
      for (Index b = 0; b < samples; ++b) {
        network(std::span(copies.row(b).data(), static_cast<std::size_t>(inputs)),
                std::span(parts.row(b).data(), static_cast<std::size_t>(outputs)), scratch);
      }
      return parts == whole ? "" : "expected the bits of one block, got others from single samples";
    });
  }
};

}  // namespace properties
