#pragma once

#include <wmanifold/core/error.hpp>
#include <wmanifold/layer/stack.hpp>

#include <sstream>

namespace wmanifold::detail {

/// "dense 196 32, relu, shared 32 16, low_rank 16 10 4": the layers of a stack as text, a rank last.
template <class Stack>
std::string layers_text(Stack const& stack) {
  std::ostringstream text;
  for (Index l = 0; l < stack.depth(); ++l) {
    DenseShape const& shape = stack.dense(l);
    text << (l == 0 ? "" : ", ")
         << (shape.placement == Placement::manifold ? "dense "
             : shape.placement == Placement::shared ? "shared "
                                                    : "low_rank ")
         << shape.inputs << ' ' << shape.outputs;
    if (shape.placement == Placement::low_rank) {
      text << ' ' << shape.rank;
    }
    stack.with_activation(l, [&]<class A>(A const&) {
      if constexpr (!std::same_as<A, Identity>) {
        text << ", " << A::name;
      }
    });
  }
  return text.str();
}

/// The reverse. Throws FileError for text that is no list of layers.
inline LayerList layers_from(std::string const& where, std::string const& text) {
  std::vector<LayerList::Item> items;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) {
    std::istringstream words(part);
    std::string word;
    words >> word;
    try {
      Index inputs = 0;
      Index outputs = 0;
      Index rank = 0;
      if (word == "dense" || word == "shared" || word == "low_rank") {
        words >> inputs >> outputs;
      }
      if (word == "dense") {
        items.emplace_back(Dense<>(inputs, outputs));
      } else if (word == "shared") {
        items.emplace_back(SharedDense<>(inputs, outputs));
      } else if (word == "low_rank") {
        words >> rank;
        items.emplace_back(LowRankDense<>(inputs, outputs, rank));
      } else {
        std::visit([&](auto activation) { items.emplace_back(activation); }, activation_named(word));
      }
    } catch (ArgumentError const& e) {
      fail<FileError>(where, ": expected layers, got '", text, "' (", e.what(), ")");
    }
  }
  try {
    return LayerList(items);
  } catch (ArgumentError const& e) {
    fail<FileError>(where, ": expected layers, got '", text, "' (", e.what(), ")");
  }
}

}  // namespace wmanifold::detail
