# wmanifold_add_compiled(): the static library wmanifold::compiled, with the kernels and the bases known by name. They
# are compiled once for all files that link it, with the flags of the project that adds it, and optimised in Debug
# builds too.
function(wmanifold_add_compiled)
  if(TARGET wmanifold_compiled)
    return()
  endif()
  set(folder "${CMAKE_CURRENT_FUNCTION_LIST_DIR}")
  add_library(wmanifold_compiled STATIC EXCLUDE_FROM_ALL "${folder}/any_basis.cpp" "${folder}/kernels.cpp")
  add_library(wmanifold::compiled ALIAS wmanifold_compiled)
  target_link_libraries(wmanifold_compiled PUBLIC wmanifold::wmanifold)
  set_target_properties(wmanifold_compiled PROPERTIES POSITION_INDEPENDENT_CODE ON)  # for plug-ins
  target_compile_definitions(wmanifold_compiled INTERFACE WMANIFOLD_COMPILED)
  if(CMAKE_CXX_COMPILER_ID MATCHES "^(GNU|Clang|AppleClang)$")
    target_compile_options(wmanifold_compiled PRIVATE $<$<CONFIG:Debug>:-O2>)
  endif()
endfunction()
