#pragma once

// Lets CHECK_THROWS take expressions whose value must not be discarded.
#define DOCTEST_CONFIG_VOID_CAST_EXPRESSIONS
#include <doctest/doctest.h>
