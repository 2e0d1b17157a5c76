#pragma once

#include <wmanifold/core/attempt.hpp>
#include <wmanifold/core/error.hpp>
#include <wmanifold/core/text.hpp>
#include <wmanifold/network/stack.hpp>

#include <system_error>

namespace wmanifold::detail {

/// The word for a placement in a list of layers.
[[nodiscard]] constexpr char const* word_of(Placement placement) noexcept {
  switch (placement) {
    case Placement::manifold:
      return "dense";
    case Placement::shared:
      return "shared";
    case Placement::low_rank:
      return "low_rank";
    case Placement::gains:
      return "gains";
  }
  return "";
}

/// The layers of a stack as text, a rank last: "dense 196 32, relu, gains 32 16, low_rank 16 10 4".
template <class Stack>
std::string layers_text(Stack const& stack) {
  std::string text;
  for (Index l = 0; l < stack.depth(); ++l) {
    DenseLayout const& shape = stack.dense(l);
    text += l == 0 ? "" : ", ";
    text.append(word_of(shape.placement)).append(" ");
    text += std::to_string(shape.inputs) + ' ' + std::to_string(shape.outputs);
    if (shape.placement == Placement::low_rank) {
      text += ' ' + std::to_string(shape.rank);
    }
    stack.with_activation(l, [&]<class A>(A const&) {
      if constexpr (!std::same_as<A, Identity>) {
        text.append(", ").append(A::name);
      }
    });
  }
  return text;
}

/// A size from text; 0, which is no size, for text that is no whole number.
inline Index size_from(std::string_view text) {
  Index size = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  return error == std::errc{} && end == text.data() + text.size() ? size : 0;
}

/// Layers from text, the reverse of layers_text. Throws FileError for text that is no list of layers.
inline LayerList layers_from(std::string const& where, std::string const& text) {
  auto const read = [&] {
    std::vector<LayerList::Item> items;
    for (auto const& part : split(text, ',')) {
      auto words = split(part, ' ');
      std::erase(words, "");
      std::string const word = words.empty() ? "" : words[0];
      auto const size = [&](std::size_t i) { return i < words.size() ? size_from(words[i]) : 0; };
      Index count = 3;
      if (word == "dense") {
        items.emplace_back(Dense<>(size(1), size(2)));
      } else if (word == "shared") {
        items.emplace_back(SharedDense<>(size(1), size(2)));
      } else if (word == "gains") {
        items.emplace_back(GainDense<>(size(1), size(2)));
      } else if (word == "low_rank") {
        items.emplace_back(LowRankDense<>(size(1), size(2), size(3)));
        count = 4;
      } else {
        std::visit([&](auto activation) { items.emplace_back(activation); }, activation_named(word));
        count = 1;
      }
      require_count(word.c_str(), "words", count, std::ssize(words));
    }
    return LayerList(items);
  };
  return rephrased(
      read, [&](char const* reason) { fail<FileError>(where, ": expected layers, got '", text, "' (", reason, ")"); });
}

/// Makes a stack from the layers of a file. Sizes that are not in the stack's type are the file's.
template <class Stack>
struct StackFrom;
template <>
struct StackFrom<Stack<LayerList>> {
  static Stack<LayerList> make(std::string const&, std::string const&, LayerList layers) {
    return Stack<LayerList>(std::move(layers));
  }
};
template <class... Layers>
struct StackFrom<Stack<Layers...>> {
  static Stack<Layers...> make(std::string const& where, std::string const& text, LayerList const& layers) {
    return rephrased(
        [&] {
          require_count("layers", "dense layers", Stack<Layers...>::depth(), std::ssize(layers.entries()));
          auto entry = layers.entries().begin();
          return Stack<Layers...>{next<Layers>(entry)...};
        },
        [&](char const* reason) {
          fail<FileError>(where, ": expected layers that fit the type of the model, got '", text, "' (", reason, ")");
        });
  }

 private:
  template <class Layer, class Iterator>
  static Layer next(Iterator& entry) {
    if constexpr (!DenseLayer<Layer>) {
      return Layer{};
    } else {
      return std::visit(
          [](auto const& dense) {
            if constexpr (Layer::placement == Placement::low_rank) {
              return Layer(dense.inputs(), dense.outputs(), dense.rank());
            } else {
              return Layer(dense.inputs(), dense.outputs());
            }
          },
          (entry++)->dense);
    }
  }
};

}  // namespace wmanifold::detail
