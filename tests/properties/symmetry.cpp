#include <properties/symmetry.hpp>

#include <properties/check.hpp>
#include <properties/generate.hpp>

using namespace properties;

TEST_CASE("a symmetry of the topology is carried to the network") { check<SymmetryIsCarried>(cases(any_basis())); }
