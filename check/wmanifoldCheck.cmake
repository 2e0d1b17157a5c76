# wmanifold_add_check(): the program wmanifold_check, compiled with the flags of the project that adds it. It is not part
# of the target all:
#
#   find_package(wmanifold CONFIG REQUIRED)
#   wmanifold_add_check()  # then: cmake --build build --target wmanifold_check && build/wmanifold-check
function(wmanifold_add_check)
  if(TARGET wmanifold_check)
    return()
  endif()
  add_executable(wmanifold_check EXCLUDE_FROM_ALL "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/main.cpp")
  set_target_properties(wmanifold_check PROPERTIES OUTPUT_NAME wmanifold-check)
  target_link_libraries(wmanifold_check PRIVATE wmanifold::wmanifold ${CMAKE_DL_LIBS})
endfunction()
