# Configures, builds and runs a project that uses wmanifold. MODE is find_package or add_subdirectory, for the consumer
# beside this file, or embed, for the example of that name.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE "${WORK}")
set(configure "${CMAKE_COMMAND}" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${CXX}" "-DWMANIFOLD_OPENMP=${OPENMP}")
set(consumer ${configure} -S "${CMAKE_CURRENT_LIST_DIR}" "-DCONSUMER_MODE=${MODE}")

if(NOT MODE STREQUAL "add_subdirectory")
  # A header-only library installs without a build.
  run(${configure} -S "${SOURCE}" -B "${WORK}/wmanifold" -DWMANIFOLD_BUILD_TESTS=OFF
    -DWMANIFOLD_BUILD_EXAMPLES=OFF -DWMANIFOLD_BUILD_BENCHMARKS=OFF)
  run("${CMAKE_COMMAND}" --install "${WORK}/wmanifold" --prefix "${WORK}/prefix")
endif()

if(MODE STREQUAL "embed")
  run(${configure} -S "${SOURCE}/examples/embed" -B "${WORK}/embed" "-DCMAKE_PREFIX_PATH=${WORK}/prefix")
  run("${CMAKE_COMMAND}" --build "${WORK}/embed")
  run("${WORK}/embed/train" "${WORK}/turning.safetensors")
  run("${WORK}/embed/play" "${WORK}/turning.safetensors")
  return()
endif()

if(MODE STREQUAL "find_package")
  run(${consumer} -B "${WORK}/consumer" "-DCONSUMER_VERSION=${VERSION}" "-DCMAKE_PREFIX_PATH=${WORK}/prefix")
  # The build tree is a package as well.
  run(${consumer} -B "${WORK}/consumer_of_build_tree" "-Dwmanifold_DIR=${WORK}/wmanifold")
else()
  run(${consumer} -B "${WORK}/consumer" "-DCONSUMER_WMANIFOLD=${SOURCE}")
endif()

run("${CMAKE_COMMAND}" --build "${WORK}/consumer")
execute_process(COMMAND "${WORK}/consumer/consumer" OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
if(NOT output STREQUAL "${VERSION}\n")
  message(FATAL_ERROR "the consumer printed \"${output}\", expected ${VERSION}")
endif()
