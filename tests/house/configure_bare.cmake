# Configures the project as if no optional library were installed. It must succeed and list the disabled parts.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${WORK}")
set(disabled "")
foreach(package IN ITEMS doctest benchmark CLI11 nlohmann_json ZLIB OpenMP)
  list(APPEND disabled "-DCMAKE_DISABLE_FIND_PACKAGE_${package}=ON")
endforeach()
execute_process(
  COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${WORK}" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${CXX}" ${disabled}
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the configuration failed:\n${output}")
endif()
foreach(line IN ITEMS
    "OpenMP +off  not found"
    "tests +off  doctest not found \\(Debian: doctest-dev\\)"
    "quantile +off  CLI11 not found \\(Debian: libcli11-dev\\)"
    "regression +off  CLI11 not found \\(Debian: libcli11-dev\\)"
    "rotated_fashion +off  "
    "benchmarks +off  Google Benchmark not found \\(Debian: libbenchmark-dev\\)")
  if(NOT output MATCHES "${line}")
    message(FATAL_ERROR "no line like \"${line}\" in:\n${output}")
  endif()
endforeach()
message("${output}")
