# Tests under users' flags: every pass and basis of the library in a process of its own, in programs for each set of
# flags, and a check of the compiler's code. Included by tests/CMakeLists.txt.

# Errors without exceptions.
if(nlohmann_json_FOUND AND NOT WMANIFOLD_SANITIZE AND CMAKE_CXX_COMPILER_ID MATCHES "^(GNU|Clang)$")
  add_executable(flags_without_exceptions flags/without_exceptions.cpp)
  target_link_libraries(flags_without_exceptions PRIVATE wmanifold::io wmanifold_own)
  target_compile_options(flags_without_exceptions PRIVATE -fno-exceptions -fno-rtti -O1)
  add_test(NAME flags_without_exceptions COMMAND flags_without_exceptions)
endif()

# NaN and infinities, under the parts of fast-math without a macro.
if(NOT WMANIFOLD_SANITIZE AND CMAKE_CXX_COMPILER_ID MATCHES "^(GNU|Clang)$")
  add_executable(flags_not_finite flags/not_finite.cpp)
  target_link_libraries(flags_not_finite PRIVATE wmanifold::wmanifold wmanifold_own)
  target_compile_options(flags_not_finite PRIVATE -O2 -fno-signed-zeros -freciprocal-math -fno-trapping-math
    $<$<CXX_COMPILER_ID:Clang>:-funsafe-math-optimizations> $<$<CXX_COMPILER_ID:Clang>:-fno-honor-nans>)
  add_test(NAME flags_not_finite COMMAND flags_not_finite)
endif()

if(WMANIFOLD_SANITIZE OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU" OR NOT CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64"
   OR CMAKE_CROSSCOMPILING OR CMAKE_CXX_FLAGS MATCHES "-m|-U")
  wmanifold_summary("  flags" off "with GCC on x86-64, no sanitizers and no flags of one's own")
  return()
endif()

include(CheckCXXSourceRuns)
check_cxx_source_runs("int main() { return __builtin_cpu_supports(\"x86-64-v3\") ? 0 : 1; }" WMANIFOLD_RUNS_X86_64_V3)

# The library's own flags leave sign conversions out, in the tests; users may not.
set_source_files_properties(flags/every_pass.cpp flags/every_basis.cpp PROPERTIES COMPILE_OPTIONS -Wsign-conversion)

set(sets "-O2 -march=native" "-O3 -march=native")
if(WMANIFOLD_RUNS_X86_64_V3)
  list(APPEND sets "-O2 -march=x86-64-v3")
  list(JOIN sets ", " text)
  wmanifold_summary("  flags" on "${text}")
else()
  list(JOIN sets ", " text)
  wmanifold_summary("  flags" on "${text}, not -march=x86-64-v3: this processor has no AVX2 and FMA")
endif()

find_program(WMANIFOLD_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(WMANIFOLD_PYTHON python3)
if(NOT WMANIFOLD_PYTHON OR NOT CMAKE_OBJDUMP)
  wmanifold_summary("  stack alignment" off "no python3 or no objdump")
endif()
set(scan "${WMANIFOLD_PYTHON}" -B "${CMAKE_CURRENT_SOURCE_DIR}/house/stack_alignment.py" "${CMAKE_OBJDUMP}")

foreach(flags IN LISTS sets)
  string(REGEX REPLACE "[ =-]+" "_" set "${flags}")
  string(REPLACE " " ";" options "${flags}")
  set(programs every_pass)
  if(NOT flags STREQUAL "-O2 -march=native")  # of the others, one has this level and one this processor
    list(APPEND programs every_basis)
  endif()
  foreach(program IN LISTS programs)
    set(name flags_${program}${set})
    add_executable(${name} flags/${program}.cpp)
    target_include_directories(${name} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
    # Without wmanifold_own, which may have another -march.
    target_link_libraries(${name} PRIVATE wmanifold::wmanifold wmanifold_checks)
    target_compile_options(${name} PRIVATE ${options})
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT 300 ENVIRONMENT OMP_WAIT_POLICY=passive)
    if(WMANIFOLD_PYTHON AND CMAKE_OBJDUMP)
      add_test(NAME ${name}_stack COMMAND ${scan} "$<TARGET_OBJECTS:${name}>" COMMAND_EXPAND_LISTS)
      set_tests_properties(${name}_stack PROPERTIES TIMEOUT 300)
    endif()
  endforeach()
endforeach()

# Static libraries for different processors in one program, in both orders of linking.
if(WMANIFOLD_RUNS_X86_64_V3)
  foreach(part IN ITEMS older newer)
    add_library(flags_${part} STATIC flags/mixed_march/part.cpp)
    target_link_libraries(flags_${part} PRIVATE wmanifold::wmanifold wmanifold_checks)
    target_compile_definitions(flags_${part} PRIVATE PART=${part})
  endforeach()
  target_compile_options(flags_older PRIVATE -O2)
  target_compile_options(flags_newer PRIVATE -O2 -march=native)
  add_library(flags_mixed_main OBJECT flags/mixed_march/main.cpp)
  target_link_libraries(flags_mixed_main PRIVATE wmanifold::wmanifold wmanifold_checks)
  target_compile_options(flags_mixed_main PRIVATE -O2)
  foreach(order IN ITEMS "older;newer" "newer;older")
    list(JOIN order "_" name)
    list(TRANSFORM order PREPEND flags_)
    add_executable(flags_mixed_${name})
    target_link_libraries(flags_mixed_${name} PRIVATE flags_mixed_main ${order} wmanifold::wmanifold)
    add_test(NAME flags_mixed_${name} COMMAND flags_mixed_${name})
    set_tests_properties(flags_mixed_${name} PROPERTIES ENVIRONMENT OMP_WAIT_POLICY=passive)
  endforeach()
endif()

if(WMANIFOLD_PYTHON AND CMAKE_OBJDUMP)
  add_library(flags_misaligned OBJECT flags/misaligned.cpp)
  add_test(NAME flags_stack_finds COMMAND ${scan} "$<TARGET_OBJECTS:flags_misaligned>")
  set_tests_properties(flags_stack_finds PROPERTIES
    PASS_REGULAR_EXPRESSION "wmanifold_misaligned.*2 functions, 1 moves to the stack that are not aligned")
endif()
