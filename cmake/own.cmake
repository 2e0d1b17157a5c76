# wmanifold_own: the flags of the project's own executables. wmanifold_checks: the same for any processor. Neither is
# exported: users choose their own flags.

add_library(wmanifold_checks INTERFACE)
target_link_libraries(wmanifold_checks INTERFACE wmanifold::wmanifold)
add_library(wmanifold_own INTERFACE)
target_link_libraries(wmanifold_own INTERFACE wmanifold_checks)

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_CXX_EXTENSIONS OFF)
endif()

if(CMAKE_CXX_COMPILER_ID MATCHES "^(GNU|Clang|AppleClang)$")
  target_compile_options(wmanifold_checks INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wno-psabi)
  if(WMANIFOLD_WERROR)
    target_compile_options(wmanifold_checks INTERFACE -Werror)
  endif()
  if(WMANIFOLD_NATIVE)
    target_compile_options(wmanifold_own INTERFACE -march=native)
  endif()
  if(WMANIFOLD_SANITIZE)
    target_compile_options(wmanifold_checks INTERFACE
      -fsanitize=${WMANIFOLD_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(wmanifold_checks INTERFACE -fsanitize=${WMANIFOLD_SANITIZE})
    # Checks of each pointer take half the time of compiling. The address sanitizer reports accesses through null and far
    # pointers, and the processor those of misaligned vectors; tests of memory that callers own check the alignment.
    if(WMANIFOLD_SANITIZE MATCHES address)
      target_compile_options(wmanifold_checks INTERFACE -fno-sanitize=null,pointer-overflow,alignment)
    endif()
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # up to 1 GB before it collects garbage: a tenth of its time less
    target_compile_options(wmanifold_checks INTERFACE --param=ggc-min-heapsize=1000000)
  endif()
  # GCC mistakes its own avx512fintrin.h, and code that sanitizers insert, for uses of uninitialized values.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND (WMANIFOLD_NATIVE OR WMANIFOLD_SANITIZE))
    target_compile_options(wmanifold_checks INTERFACE -Wno-uninitialized -Wno-maybe-uninitialized)
  endif()
endif()

if(TARGET wmanifold_compiled)
  target_link_libraries(wmanifold_compiled PRIVATE wmanifold_own)
endif()

foreach(option IN ITEMS WERROR NATIVE)
  if(WMANIFOLD_${option})
    wmanifold_summary(${option} on)
  else()
    wmanifold_summary(${option} off)
  endif()
endforeach()
if(WMANIFOLD_SANITIZE)
  wmanifold_summary(SANITIZE on "${WMANIFOLD_SANITIZE}")
else()
  wmanifold_summary(SANITIZE off)
endif()
