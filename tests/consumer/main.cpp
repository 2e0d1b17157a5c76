#include <wmanifold/wmanifold.hpp>

#include <iostream>
#include <string_view>

std::string_view const* left();
std::string_view const* right();

int main() {
  std::cout << wmanifold::version << '\n';
  // One version, the same object in every translation unit.
  return left() == &wmanifold::version && right() == &wmanifold::version ? 0 : 1;
}
