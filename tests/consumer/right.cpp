#include <wmanifold/wmanifold.hpp>

std::string_view const* right() { return &wmanifold::version; }
