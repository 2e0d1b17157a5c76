# Checks that FlushDenormals does not compile for a processor that it does not know, and says why:
#   cmake -D CXX=<compiler> -D INCLUDE=<folder> -D WORK=<folder> -P other_processor.cmake
cmake_minimum_required(VERSION 3.25)

set(known __x86_64__ __SSE2_MATH__ __aarch64__)
list(TRANSFORM known PREPEND "#undef ")
list(JOIN known "\n" forget)
set(include "#include <cstdint>\n#include <type_traits>\n${forget}\n#include <wmanifold/deploy/flush_denormals.hpp>\n")
function(compile name code)
  file(WRITE "${WORK}/${name}.cpp" "${include}${code}\n")
  execute_process(COMMAND "${CXX}" -std=c++20 -fsyntax-only "-I${INCLUDE}" "${WORK}/${name}.cpp"
    RESULT_VARIABLE status ERROR_VARIABLE errors)
  set(status "${status}" PARENT_SCOPE)
  set(errors "${errors}" PARENT_SCOPE)
endfunction()

compile(included "static_assert(!wmanifold::FlushDenormals::does);")
if(NOT status EQUAL 0)
  message(FATAL_ERROR "expected the header to compile, got\n${errors}")
endif()
compile(used "wmanifold::FlushDenormals guard;")
if(status EQUAL 0 OR NOT errors MATCHES
   "error: [^\n]*wmanifold: FlushDenormals expected x86 with SSE2 or 64-bit ARM, got another processor")
  message(FATAL_ERROR "expected its use to be refused by a sentence, got\n${errors}")
endif()
