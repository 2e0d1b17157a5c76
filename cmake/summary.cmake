# What is on, what is off and why, printed in one table when the configuration is done.

# wmanifold_summary(<name> on|off [<note>]); a name with leading spaces is printed as a part of the one above.
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
