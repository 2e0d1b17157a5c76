# Runs PROGRAM, wmanifold-check: everything holds, --help explains, other arguments are refused. The page has at most 60
# lines of 100 columns.
#   cmake -D PROGRAM=<wmanifold-check> -P check.cmake
cmake_minimum_required(VERSION 3.25)

# Runs the program with arguments, and expects its status and a regular expression in what it prints.
function(prints status expected)
  execute_process(COMMAND "${PROGRAM}" ${ARGN} RESULT_VARIABLE got OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(NOT got EQUAL status OR NOT text MATCHES "${expected}")
    message(FATAL_ERROR "wmanifold-check ${ARGN}: expected status ${status} and \"${expected}\", got ${got} and\n${text}")
  endif()
  set(page "${text}" PARENT_SCOPE)
endfunction()

prints(0 "^usage: wmanifold-check" --help)
prints(2 "expected no argument or --help, got '--float'" --float)
prints(2 "expected no argument or --help, got 'more'" --help more)
prints(0 "\nwmanifold-check: everything holds\n$")
message("${page}")
string(REGEX MATCHALL "\n" lines "${page}")
list(LENGTH lines count)
if(count GREATER 60)
  message(FATAL_ERROR "expected at most 60 lines, got ${count}")
endif()
string(REPLACE ";" "," lines "${page}")
string(REPLACE "\n" ";" lines "${lines}")
foreach(line IN LISTS lines)
  string(LENGTH "${line}" length)
  if(length GREATER 100)
    message(FATAL_ERROR "expected at most 100 columns, got ${length}: ${line}")
  endif()
endforeach()
