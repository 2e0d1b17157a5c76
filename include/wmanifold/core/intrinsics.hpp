#pragma once

#include <wmanifold/version.hpp>

// GCC 12 warns of uninitialised values in its own AVX-512 header (`__m512 y = y`) wherever that is inlined. The pragma
// applies to the lines of that header and silences no other code. It must precede the includes of that header by Eigen
// and xsimd.
#if defined(__AVX512F__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
#endif
