# Checks that flags that break checks for NaN are refused if the compiler has a macro for them, and that a definition
# overrules that:
#   cmake -D CXX=<compiler> -D INCLUDE=<folder> -D WORK=<folder> -P math_flags.cmake
cmake_minimum_required(VERSION 3.25)

file(WRITE "${WORK}/real.cpp" "#include <wmanifold/core/real.hpp>\n")
function(compile)
  execute_process(COMMAND "${CXX}" -std=c++20 -fsyntax-only "-I${INCLUDE}" ${ARGN} "${WORK}/real.cpp"
    RESULT_VARIABLE status ERROR_VARIABLE errors)
  set(status "${status}" PARENT_SCOPE)
  set(errors "${errors}" PARENT_SCOPE)
endfunction()

set(refused "-ffast-math" "-Ofast" "-ffast-math -fmath-errno" "-ffinite-math-only" "-O2 -ffinite-math-only")
set(taken "-O2" "-freciprocal-math" "-ffp-contract=fast" "-fno-math-errno" "-fno-trapping-math")
if(CXX MATCHES "clang")  # it has no macro for these flags
  list(APPEND taken "-funsafe-math-optimizations" "-fno-honor-nans")
  list(APPEND refused "-ffp-model=fast" "-fno-honor-nans -fno-honor-infinities")
else()
  list(APPEND refused "-funsafe-math-optimizations" "-ffast-math -fno-finite-math-only")
endif()

foreach(flags IN LISTS refused)
  separate_arguments(options UNIX_COMMAND "${flags}")
  compile(${options})
  if(status EQUAL 0 OR NOT errors MATCHES "wmanifold: -f[a-z-]+ breaks .*drop it, or define WMANIFOLD_ALLOW_FAST_MATH")
    message(FATAL_ERROR "expected ${flags} to be refused by a sentence, got\n${errors}")
  endif()
  compile(${options} -DWMANIFOLD_ALLOW_FAST_MATH)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "expected ${flags} to be taken with WMANIFOLD_ALLOW_FAST_MATH, got\n${errors}")
  endif()
endforeach()
foreach(flags IN LISTS taken)
  separate_arguments(options UNIX_COMMAND "${flags}")
  compile(${options})
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "expected ${flags} to be taken, got\n${errors}")
  endif()
endforeach()
list(LENGTH refused count)
message(STATUS "${count} sets of flags are refused")
