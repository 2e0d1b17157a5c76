#include <wmanifold/wmanifold.hpp>

std::string_view const* version_of_other() { return &wmanifold::version; }
