# Builds wmanifold-check with a wrong reference value, a wrong kernel and a walker that allocates. It must fail and name
# them:  cmake -D CXX=<compiler> -D FOLDERS=<include folders> -D ROOT=<project> -D WORK=<folder> -P check_finds.cmake
cmake_minimum_required(VERSION 3.25)

# Copies a file to another one, with a text replaced.
function(change from to text replacement)
  file(READ "${from}" before)
  string(REPLACE "${text}" "${replacement}" after "${before}")
  if(after STREQUAL before)
    message(FATAL_ERROR "expected \"${text}\" in ${from}, got none; change this test")
  endif()
  file(WRITE "${to}" "${after}")
endfunction()

file(REMOVE_RECURSE "${WORK}")
file(COPY "${ROOT}/check" DESTINATION "${WORK}")
change("${ROOT}/check/golden_values.hpp" "${WORK}/check/golden_values.hpp"
  "basis_8_phi[] = {\n  1.0," "basis_8_phi[] = {\n  1.001,")
set(kernel wmanifold/kernel/optimiser/descent.hpp)
change("${ROOT}/include/${kernel}" "${WORK}/include/${kernel}"
  "simd::fma(keep, V::load_aligned(velocity + n), d)" "simd::fma(keep, V::load_aligned(velocity + n), d + d)")
set(walker wmanifold/deploy/walker.hpp)
change("${ROOT}/include/${walker}" "${WORK}/include/${walker}"
  "    auto const numbers = static_cast<std::size_t>(outputs());\n    while"
  "    auto const numbers = AlignedVector<std::size_t>(1, static_cast<std::size_t>(outputs()))[0];\n    while")

set(options -std=c++20 -O0 "-I${WORK}/include")
foreach(folder IN LISTS FOLDERS)
  list(APPEND options "-I${folder}")
endforeach()
execute_process(COMMAND "${CXX}" ${options} "${WORK}/check/main.cpp" -o "${WORK}/wmanifold-check"
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${WORK}/wmanifold-check" RESULT_VARIABLE status OUTPUT_VARIABLE page)
message("${page}")
if(NOT status EQUAL 1)
  message(FATAL_ERROR "expected status 1, got ${status}")
endif()
foreach(line IN ITEMS
    "basis +24 [^\n]* FAIL\n    case 8 of basis.json, s1 fourier3: "
    "gram +12 [^\n]* PASS\n"
    "networks +3 [^\n]* FAIL\n    case 0 of networks.json, interval bernstein1 in double, weights of the step: "
    "scalar +float [^\n]* FAIL\n    scalar, float, [^\n]*, step of layer 0: "
    "walker, 1000 blocks [^\n]* 1000 +1000 +0 +FAIL\n"
    "network at a point, [^\n]* PASS\n"
    "not checked here: OpenMP is off\n"
    "\nwmanifold-check: [0-9]+ checks failed\n$")
  if(NOT page MATCHES "${line}")
    message(FATAL_ERROR "expected a line like \"${line}\"")
  endif()
endforeach()
