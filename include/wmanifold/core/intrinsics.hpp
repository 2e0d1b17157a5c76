#pragma once

#include <wmanifold/version.hpp>

// GCC 12 takes the undefined values that its own AVX-512 header makes (`__m512 y = y`) for uses of what has no value,
// wherever they are inlined. The pragma goes by the lines of that header, so that no other code is silenced; it has to
// come before Eigen's and xsimd's includes of it.
#if defined(__AVX512F__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
#endif
