#include <wmanifold/core/undo.hpp>

#include "support/doctest.hpp"

#include <string>

namespace wm = wmanifold;

TEST_CASE("the former value returns unless the undoing is cancelled") {
  std::string const before = "before";
  std::string text = before;
  {
    wm::detail::Undo<std::string> const undo(text, before);
    text = "after";
  }
  CHECK(text == "before");
  {
    wm::detail::Undo<std::string> undo(text, before);
    text = "after";
    undo.cancel();
  }
  CHECK(text == "after");
}
