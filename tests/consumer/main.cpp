#include <wmanifold/wmanifold.hpp>

#include <iostream>
#include <string_view>

std::string_view const* version_of_other();

int main() {
  std::cout << wmanifold::version << '\n';
  // One version, the same object in every translation unit.
  return version_of_other() == &wmanifold::version ? 0 : 1;
}
