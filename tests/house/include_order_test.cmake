# Runs include_order.cmake on a small tree in order and on one with every offence:
# cmake -D WORK=<folder> -P include_order_test.cmake
cmake_minimum_required(VERSION 3.25)

# check(<tree> <expected result> [<expected line>...])
function(check tree expected)
  execute_process(
    COMMAND "${CMAKE_COMMAND}" -D "ROOT=${WORK}/${tree}" -P "${CMAKE_CURRENT_LIST_DIR}/include_order.cmake"
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if((result EQUAL 0 AND NOT expected STREQUAL "passes") OR (NOT result EQUAL 0 AND expected STREQUAL "passes"))
    message(FATAL_ERROR "${tree}: exit code ${result}, expected that it ${expected}\n${output}")
  endif()
  foreach(line IN LISTS ARGN)
    string(FIND "${output}" "${line}\n" position)
    if(position EQUAL -1)
      message(FATAL_ERROR "${tree}: not reported: ${line}\n${output}")
    endif()
  endforeach()
  list(LENGTH ARGN count)
  if(count AND NOT output MATCHES "${count} offences in")
    message(FATAL_ERROR "${tree}: not ${count} offences\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE "${WORK}")

file(WRITE "${WORK}/good/version.hpp" "")
file(WRITE "${WORK}/good/core/simd.hpp" "#include <wmanifold/version.hpp>\n#include <xsimd/xsimd.hpp>\n")
file(WRITE "${WORK}/good/kernel/dot.hpp" "#include <wmanifold/core/simd.hpp>\n#include <cmath>  // [a; b\n")
file(WRITE "${WORK}/good/network/dense.hpp" "#include \"../kernel/dot.hpp\"\n#include <Eigen/Core>\n")
file(WRITE "${WORK}/good/network/relu.hpp" "#include \"dense.hpp\"\n  #  include \"wmanifold/core/simd.hpp\"\n")
file(WRITE "${WORK}/good/io/file.hpp" "#include <wmanifold/network/dense.hpp>\n")
file(WRITE "${WORK}/good/testing/laws.hpp" "#include <wmanifold/io/file.hpp>\n")
file(WRITE "${WORK}/good/wmanifold.hpp"
  "#include <wmanifold/core/simd.hpp>\n#include <wmanifold/kernel/dot.hpp>\n"
  "#include <wmanifold/network/dense.hpp>\n#include <wmanifold/network/relu.hpp>\n#include <wmanifold/version.hpp>\n")
check(good passes)

file(WRITE "${WORK}/bad/version.hpp" "")
file(WRITE "${WORK}/bad/core/a.hpp" "#include <wmanifold/network/dense.hpp>\n#include \"../network/dense.hpp\"\n")
file(WRITE "${WORK}/bad/core/b.hpp" "#include <wmanifold/wmanifold.hpp>\n#include <wmanifold/core/gone.hpp>\n")
file(WRITE "${WORK}/bad/kernel/k.hpp" "#include <Eigen/Core>\n#include <xsimd/xsimd.hpp>\n#include <wmanifold/version.hpp>\n")
file(WRITE "${WORK}/bad/network/dense.hpp" "#include <wmanifold/cellar/c.hpp>\n#include \"../../outside.hpp\"\n")
file(WRITE "${WORK}/bad/cellar/c.hpp" "")
file(WRITE "${WORK}/bad/basis/b.hpp" "#pragma once\n")
file(WRITE "${WORK}/bad/loose.hpp" "")
file(WRITE "${WORK}/bad/io/file.hpp" "#include <wmanifold/testing/laws.hpp>\n#include WMANIFOLD_FILE\n")
file(WRITE "${WORK}/bad/testing/laws.hpp" "#include <wmanifold/version.hpp>\n")
file(WRITE "${WORK}/outside.hpp" "")
file(WRITE "${WORK}/bad/wmanifold.hpp"
  "#include <wmanifold/core/a.hpp>\n#include <wmanifold/core/b.hpp>\n#include <wmanifold/kernel/k.hpp>\n"
  "#include <wmanifold/io/file.hpp>\n#include <wmanifold/version.hpp>\n#include <wmanifold/loose.hpp>\n"
  "#include <wmanifold/cellar/c.hpp>\n")
check(bad fails
  "core/a.hpp: includes network/dense.hpp, but network is to the right of core"
  "core/a.hpp: includes network/dense.hpp, but network is to the right of core"
  "core/b.hpp: includes wmanifold.hpp"
  "core/b.hpp: includes core/gone.hpp, which does not exist"
  "kernel/k.hpp: includes <Eigen/Core>, but kernel takes no Eigen type"
  "kernel/k.hpp: includes <xsimd/xsimd.hpp>, which only core/simd.hpp may"
  "network/dense.hpp: includes cellar/c.hpp of the unknown room cellar"
  "network/dense.hpp: includes ../outside.hpp, which does not exist"
  "kernel/k.hpp: includes no header of this library first (version.hpp, if no other)"
  "basis/b.hpp: includes no header of this library first (version.hpp, if no other)"
  "wmanifold.hpp: does not include basis/b.hpp"
  "cellar/c.hpp: unknown room cellar"
  "loose.hpp: in no room"
  "io/file.hpp: includes testing/laws.hpp, but testing is to the right of io"
  "io/file.hpp: cannot read: #include WMANIFOLD_FILE"
  "wmanifold.hpp: includes io/file.hpp, but io is for users to include by name"
  "wmanifold.hpp: does not include network/dense.hpp")
message(STATUS "every offence is found")
