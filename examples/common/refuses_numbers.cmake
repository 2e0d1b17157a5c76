# Checks that every numeric option of PROGRAM, as --help lists them, refuses text that is no number and numbers out of
# range, with the status of a usage error and a sentence. Options of these kinds take text: DIR, FILE, NAME, TEXT.
# cmake -DPROGRAM=<file> -P refuses_numbers.cmake
execute_process(COMMAND "${PROGRAM}" --help OUTPUT_VARIABLE help COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "\n +--[a-z-]+(,--[a-z-]+)* [A-Z]+" options "${help}")
list(FILTER options EXCLUDE REGEX " (DIR|FILE|NAME|TEXT)$")
if(NOT options)
  message(FATAL_ERROR "${PROGRAM}: expected options that take numbers, got none in\n${help}")
endif()
set(usage_error 105)
foreach(option IN LISTS options)
  string(REGEX MATCH "--[a-z-]+" option "${option}")
  foreach(value IN ITEMS nan inf -inf -1 1x 0x1p3 1,5x 1e999 " 1" "")
    execute_process(COMMAND "${PROGRAM}" "${option}" "${value}"
      RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output TIMEOUT 10)
    if(NOT status EQUAL usage_error OR NOT output MATCHES "${option}: expected a [^\n]*number [^\n]*, got ")
      message(SEND_ERROR "${option} '${value}': expected a refusal with status ${usage_error}, got ${status}\n${output}")
    endif()
  endforeach()
endforeach()
