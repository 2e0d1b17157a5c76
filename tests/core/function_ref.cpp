#include <wmanifold/core/function_ref.hpp>

#include <doctest/doctest.h>

#include <concepts>

using wmanifold::detail::FunctionRef;

TEST_CASE("a reference calls its function with the present state") {
  int sum = 0;
  auto const add = [&sum](int a, int b) { sum += a * b; };
  FunctionRef<int, int> const call = add;
  call(2, 3);
  FunctionRef<int, int> copy = call;
  copy(1, 4);
  CHECK(sum == 10);
  copy = {};
  copy(5, 5);
  CHECK(sum == 10);
}

TEST_CASE("reference arguments stay references") {
  int changed = 0;
  auto const set = [](int& to) { to = 7; };
  FunctionRef<int&>{set}(changed);
  CHECK(changed == 7);
  static_assert(!std::constructible_from<FunctionRef<int&>, void (*)(char*)>);
}
