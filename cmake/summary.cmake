# Prints one table at the end of the configuration: each feature, on or off, and why.

# wmanifold_summary(<name> on|off [<note>]). A name with leading spaces belongs to the one above.
function(wmanifold_summary name state)
  string(LENGTH "${name}" length)
  math(EXPR padding "22 - ${length}")
  string(REPEAT " " ${padding} padding)
  string(SUBSTRING "${state} " 0 3 state)
  string(STRIP "${name}${padding}${state}  ${ARGN}" line)
  if(name MATCHES "^ ")
    string(PREPEND line "  ")
  endif()
  set_property(GLOBAL APPEND PROPERTY wmanifold_summary_lines "${line}")
endfunction()

function(wmanifold_print_summary)
  get_property(lines GLOBAL PROPERTY wmanifold_summary_lines)
  message(STATUS "wmanifold ${PROJECT_VERSION}")
  foreach(line IN LISTS lines)
    message(STATUS "  ${line}")
  endforeach()
endfunction()
