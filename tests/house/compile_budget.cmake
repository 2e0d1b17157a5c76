# Compares the template instantiations of a program with a budget. A count is the same on every machine, and shows at
# once a header's new cost for all (scripts/compile_cost.sh measures seconds). It counts Clang 14's list under
# -ftime-trace with Debian 12's Eigen 3.4, xsimd 8.1 and libstdc++ 12.
#   cmake -D CXX=<clang++> -D "FOLDERS=<include>;<of Eigen>" -D PROGRAM=<README's first> -D WORK=<folder>
#     -P compile_budget.cmake
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND "${CXX}" -dumpversion OUTPUT_VARIABLE version OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT version MATCHES "^14\\.")
  message("skipped: the budget is one of Clang 14, got '${version}'")
  return()
endif()

list(TRANSFORM FOLDERS PREPEND "-I")
function(check name source functions classes)
  execute_process(COMMAND "${CXX}" -std=c++20 -O0 ${FOLDERS} -ftime-trace -ftime-trace-granularity=0 -c "${source}"
    -o "${WORK}/${name}.o" RESULT_VARIABLE status ERROR_VARIABLE errors)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${name} does not compile:\n${errors}")
  endif()
  file(READ "${WORK}/${name}.json" trace)
  foreach(kind IN ITEMS Function Class)
    string(REGEX MATCHALL "\"name\":\"Instantiate${kind}\"" found "${trace}")
    list(LENGTH found count)
    set(budget ${functions})
    if(kind STREQUAL "Class")
      set(budget ${classes})
    endif()
    message(STATUS "${name}: ${count} of Instantiate${kind}, at most ${budget}")
    if(count GREATER budget)
      message(SEND_ERROR "${name}: expected at most ${budget} of Instantiate${kind}, got ${count}: clang++ "
        "-ftime-trace tells which header brings them. What only some programs need belongs in templates")
    endif()
    if(count LESS 1000)
      message(SEND_ERROR "${name}: expected a trace with thousands of Instantiate${kind}, got ${count}")
    endif()
  endforeach()
endfunction()

file(MAKE_DIRECTORY "${WORK}")
file(WRITE "${WORK}/umbrella.cpp" "#include <wmanifold/wmanifold.hpp>\nint main() {}\n")
check(umbrella "${WORK}/umbrella.cpp" 3270 9450)
check(twenty_lines "${PROGRAM}" 5440 13280)
