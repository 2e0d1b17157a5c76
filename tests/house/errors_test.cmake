# Holds errors.cmake against a small project in order and one with every offence:
# cmake -D WORK=<folder> -P errors_test.cmake
cmake_minimum_required(VERSION 3.25)

# check(<tree> <expected result> [<beginning of an expected line>...])
function(check tree expected)
  execute_process(
    COMMAND "${CMAKE_COMMAND}" -D "ROOT=${WORK}/${tree}" -P "${CMAKE_CURRENT_LIST_DIR}/errors.cmake"
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if((result EQUAL 0 AND NOT expected STREQUAL "passes") OR (NOT result EQUAL 0 AND expected STREQUAL "passes"))
    message(FATAL_ERROR "${tree}: exit code ${result}, expected that it ${expected}\n${output}")
  endif()
  foreach(line IN LISTS ARGN)
    string(FIND "${output}" "${line}" position)
    if(position EQUAL -1)
      message(FATAL_ERROR "${tree}: not reported: ${line}\n${output}")
    endif()
  endforeach()
  string(REGEX MATCHALL "(not in one line of docs/errors.md|asserted by no test): " reports "${output}")
  list(LENGTH reports count)
  list(LENGTH ARGN wanted)
  if(NOT count EQUAL wanted)
    message(FATAL_ERROR "${tree}: expected ${wanted} reports, got ${count}\n${output}")
  endif()
endfunction()

# Texts with a bracket, a semicolon and a literal in two parts.
set(code [=[
  if (x < 0) {
    fail("range: expected s in (0, 1), got ", x,
         "; clamp "
         "it");
  }
  fail<FileError>(where, ": expected [", n, "] bytes of a file, got none");
  require_count("labels", "labels of samples", n, m);
  static_assert(n > 0, "wmanifold: a basis has a function");
]=])
set(page "`range: expected s in (0, 1), got X; clamp it`\n`WHERE: expected [N] bytes of a file, got none`
`labels: expected N labels of samples, got N`\n- `a basis has a function`\n")
set(test "says(\"expected s in (0, 1), got 2; \"\n  \"clamp it\"); says(\"[3] bytes of a file\"); says(\"3 labels of samples\");\n")

file(REMOVE_RECURSE "${WORK}")
foreach(tree IN ITEMS good page tests)
  file(WRITE "${WORK}/${tree}/include/a.hpp" "${code}")
  file(WRITE "${WORK}/${tree}/docs/errors.md" "${page}")
  file(WRITE "${WORK}/${tree}/tests/a.cpp" "${test}")
endforeach()
check(good passes)

# Texts that lie in two lines, or nowhere.
file(WRITE "${WORK}/page/docs/errors.md" "`range: expected s in (0, 1), got X`\n`; clamp it`\n`expected N bytes, got none`\n")
check(page fails
  "include/a.hpp: not in one line of docs/errors.md: \"range: expected s in (0, 1), got \" ... "
  "include/a.hpp: not in one line of docs/errors.md: \": expected "
  "include/a.hpp: not in one line of docs/errors.md: \"labels\" ... \"labels of samples\""
  "compile-time text: not in one line of docs/errors.md: \"a basis has a function\"")

# Words that are another's, or too few.
file(WRITE "${WORK}/tests/tests/a.cpp" "says(\"bytes of\"); says(\"labels\"); says(\"got 2; clamp\");\n")
check(tests fails
  "include/a.hpp: asserted by no test: \"range: expected s in (0, 1), got \" ... "
  "include/a.hpp: asserted by no test: \": expected "
  "include/a.hpp: asserted by no test: \"labels\" ... \"labels of samples\"")
message(STATUS "every offence is found")
