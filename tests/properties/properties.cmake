# Properties of random networks, by RapidCheck. Included by tests/CMakeLists.txt.

find_package(rapidcheck CONFIG QUIET)
if(NOT TARGET rapidcheck)
  wmanifold_summary("  properties" off "RapidCheck not found (Debian: librapidcheck-dev)")
elseif(NOT nlohmann_json_FOUND)
  wmanifold_summary("  properties" off "nlohmann_json not found (Debian: nlohmann-json3-dev)")
else()
  wmanifold_summary("  properties" on)
  file(GLOB property_sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_LIST_DIR}/*.cpp")
  add_executable(test_properties ${property_sources})
  target_link_libraries(test_properties PRIVATE test_main rapidcheck nlohmann_json::nlohmann_json)
  target_compile_options(test_properties PRIVATE -O0)  # many types, each for a moment; the kernels are optimised
  set_target_properties(test_properties PROPERTIES UNITY_BUILD ${WMANIFOLD_UNITY} UNITY_BUILD_BATCH_SIZE 0)
  add_test(NAME properties COMMAND test_properties)
  # The same cases in every run; scripts/properties.sh has others.
  set_tests_properties(properties PROPERTIES TIMEOUT 1800 ENVIRONMENT "OMP_WAIT_POLICY=passive;RC_PARAMS=seed=1")

  # A counter-example is printed as a program. That of a false property is built and run.
  set(property_folders "${PROJECT_SOURCE_DIR}/include" "${CMAKE_CURRENT_SOURCE_DIR}")
  foreach(library IN ITEMS Eigen3::Eigen xsimd)
    get_target_property(own ${library} INTERFACE_INCLUDE_DIRECTORIES)
    list(APPEND property_folders ${own})
  endforeach()
  list(REMOVE_ITEM property_folders ${CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES})
  add_test(NAME properties_counter_example COMMAND "${CMAKE_COMMAND}" -D "CXX=${CMAKE_CXX_COMPILER}"
    -D "FOLDERS=${property_folders}" -D "PROGRAM=$<TARGET_FILE:test_properties>"
    -D "WORK=${CMAKE_CURRENT_BINARY_DIR}/counter_example" -P "${CMAKE_CURRENT_LIST_DIR}/counter_example.cmake")
  set_tests_properties(properties_counter_example PROPERTIES TIMEOUT 600)
endif()
