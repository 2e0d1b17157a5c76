# wmanifold_add_dispatch(): the static library wmanifold::dispatch, with the seam compiled for several processor levels
# and the code that picks one while running. The level's processor flags replace flags from elsewhere.
function(wmanifold_add_dispatch)
  if(TARGET wmanifold_dispatch)
    return()
  endif()
  set(folder "${CMAKE_CURRENT_FUNCTION_LIST_DIR}")
  set(levels baseline)
  set(flags_baseline "")
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    list(APPEND levels avx2 avx512)
    # Matches the features that select.cpp asks the processor for.
    set(flags_baseline -march=x86-64)
    set(flags_avx2 -march=x86-64 -mavx2 -mfma -mf16c)
    set(flags_avx512 -march=x86-64 -mavx2 -mfma -mavx512f -mavx512bw -mavx512cd -mavx512dq -mavx512vl)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # warnings from its own avx512fintrin.h
      list(APPEND flags_avx512 -Wno-uninitialized -Wno-maybe-uninitialized)
    endif()
  endif()
  add_library(wmanifold_dispatch STATIC "${folder}/select.cpp")
  add_library(wmanifold::dispatch ALIAS wmanifold_dispatch)
  target_link_libraries(wmanifold_dispatch PUBLIC wmanifold::wmanifold)
  set_target_properties(wmanifold_dispatch PROPERTIES POSITION_INDEPENDENT_CODE ON)  # for plug-ins
  foreach(level IN LISTS levels)
    add_library(wmanifold_level_${level} OBJECT "${folder}/level.cpp")
    target_link_libraries(wmanifold_level_${level} PRIVATE wmanifold::wmanifold)
    set_target_properties(wmanifold_level_${level} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_compile_definitions(wmanifold_level_${level} PRIVATE WMANIFOLD_LEVEL=${level})
    # Always optimised, so that functions of no level are inlined and not left to the linker's choice.
    target_compile_options(wmanifold_level_${level} PRIVATE -O3 ${flags_${level}})
    target_sources(wmanifold_dispatch PRIVATE $<TARGET_OBJECTS:wmanifold_level_${level}>)
  endforeach()
  set_property(TARGET wmanifold_dispatch PROPERTY wmanifold_levels "${levels}")
endfunction()
