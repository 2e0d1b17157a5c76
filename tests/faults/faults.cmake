# Faults: trainings killed, damaged files, full disks, failing allocations, forks, locales. Included by
# tests/CMakeLists.txt. The full counts: scripts/faults.sh.

if(NOT nlohmann_json_FOUND)
  wmanifold_summary("  faults" off "nlohmann_json not found (Debian: nlohmann-json3-dev)")
  return()
elseif(NOT UNIX)
  wmanifold_summary("  faults" off "on POSIX systems only")
  return()
endif()
wmanifold_summary("  faults" on "a part; scripts/faults.sh runs all")

foreach(part IN ITEMS memory files forks training)
  add_executable(faults_${part} faults/${part}.cpp)
  target_include_directories(faults_${part} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}")
  target_link_libraries(faults_${part} PRIVATE wmanifold::wmanifold $<TARGET_NAME_IF_EXISTS:wmanifold::compiled> wmanifold_own
    nlohmann_json::nlohmann_json)
  if(NOT WMANIFOLD_SANITIZE)
    target_compile_options(faults_${part} PRIVATE -O0)  # many types, each for a moment; the kernels are optimised
  endif()
endforeach()

foreach(part IN ITEMS memory files forks)
  add_test(NAME faults_${part} COMMAND faults_${part})
  set_tests_properties(faults_${part} PROPERTIES TIMEOUT 600 ENVIRONMENT OMP_WAIT_POLICY=passive)
endforeach()

find_program(WMANIFOLD_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(WMANIFOLD_PYTHON python3)
mark_as_advanced(WMANIFOLD_PYTHON)
if(WMANIFOLD_PYTHON)
  add_test(NAME faults_kill COMMAND "${WMANIFOLD_PYTHON}" -B "${CMAKE_CURRENT_SOURCE_DIR}/faults/kill.py"
    "$<TARGET_FILE:faults_training>" --kills 20)
  set_tests_properties(faults_kill PROPERTIES TIMEOUT 600)
else()
  wmanifold_summary("  faults, killed" off "no python3")
endif()
