// Defines the bases that AnyBasis knows by name: every basis of the library.

#include <wmanifold/basis/any_basis.hpp>

template std::optional<wmanifold::detail::AnyFactor> wmanifold::detail::factor_named(std::string const&,
                                                                                     std::string const&);
