# Builds and runs the program that a false property prints as its counter-example:
#   cmake -D CXX=<compiler> -D FOLDERS=<include folders> -D PROGRAM=<test_properties> -D WORK=<folder>
#         -P counter_example.cmake
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}")
set(source "${WORK}/counter_example.cpp")
execute_process(COMMAND "${CMAKE_COMMAND}" -E env "RC_PARAMS=seed=1" "WMANIFOLD_COUNTER_EXAMPLE=${source}" "${PROGRAM}"
  "--test-case=*counter-example*" COMMAND_ERROR_IS_FATAL ANY)
set(folders "")
foreach(folder IN LISTS FOLDERS)
  list(APPEND folders "-I${folder}")
endforeach()
execute_process(COMMAND "${CXX}" -std=c++20 -O0 ${folders} "${source}" -o "${WORK}/counter_example"
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${WORK}/counter_example" RESULT_VARIABLE result OUTPUT_VARIABLE output)
if(NOT result EQUAL 1 OR NOT output MATCHES "expected fewer than 5 samples, got 5")
  message(FATAL_ERROR "expected the violation of the counter-example and exit code 1, got '${output}' and ${result}")
endif()
