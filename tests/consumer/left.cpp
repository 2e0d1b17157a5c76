#include <wmanifold/wmanifold.hpp>

std::string_view const* left() { return &wmanifold::version; }
