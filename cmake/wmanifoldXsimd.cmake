# Debian 12's xsimd target links "xtl", a header-only library that its package does not bring. There is nothing to link,
# and every executable would fail with "cannot find -lxtl".
get_target_property(wmanifold_xsimd_libraries xsimd INTERFACE_LINK_LIBRARIES)
if(wmanifold_xsimd_libraries STREQUAL "xtl" AND NOT TARGET xtl)
  set_property(TARGET xsimd PROPERTY INTERFACE_LINK_LIBRARIES "")
endif()
unset(wmanifold_xsimd_libraries)
