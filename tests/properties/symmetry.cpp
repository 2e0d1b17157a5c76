#include <properties/symmetry.hpp>

#include <properties/holds.hpp>
#include <properties/generate.hpp>

using namespace properties;

TEST_CASE("a symmetry of the topology is carried to the network") { holds<SymmetryIsCarried>(cases(any_basis())); }
