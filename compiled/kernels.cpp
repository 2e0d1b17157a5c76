// Defines the kernels that network/compiled.hpp declares, for the target of this file's flags.

#define WMANIFOLD_COMPILED
#define WMANIFOLD_INSTANCE template
#include <wmanifold/network/compiled.hpp>
