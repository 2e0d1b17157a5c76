# Configures, builds and runs a project that uses wmanifold. MODE is find_package, add_subdirectory or fetch_content for
# the consumer beside this file, or embed for the example of that name. All folders have a space in their names.
cmake_minimum_required(VERSION 3.25)

function(install_to folder)
  execute_process(COMMAND "${CMAKE_COMMAND}" --install "${WORK}/wmanifold" --prefix "${folder}" OUTPUT_QUIET
    COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# Runs a command and expects `expected`, a regular expression, in its output.
function(prints expected)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
  string(REGEX REPLACE "[ \n]+" " " flat "${text}")
  if(NOT status EQUAL 0 OR NOT flat MATCHES "${expected}")
    message(FATAL_ERROR "expected \"${expected}\", got status ${status} and\n${text}")
  endif()
endfunction()

# Runs a command and expects that it fails and prints `expected`.
function(refuses expected)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
  string(REGEX REPLACE "[ \n]+" " " flat "${text}")
  if(status EQUAL 0 OR NOT flat MATCHES "${expected}")
    message(FATAL_ERROR "expected an error \"${expected}\", got status ${status} and\n${text}")
  endif()
endfunction()

file(REMOVE_RECURSE "${WORK}")
set(configure "${CMAKE_COMMAND}" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${CXX}" "-DWMANIFOLD_OPENMP=${OPENMP}")
set(consumer ${configure} -S "${CMAKE_CURRENT_LIST_DIR}" "-DCONSUMER_MODE=${MODE}" "-DCONSUMER_IO=${IO}")
set(no_programs -DWMANIFOLD_BUILD_TESTS=OFF -DWMANIFOLD_BUILD_EXAMPLES=OFF -DWMANIFOLD_BUILD_BENCHMARKS=OFF)
set(prefix "${WORK}/the prefix")
set(build "${WORK}/the consumer")

if(MODE MATCHES "^(find_package|embed)$")
  # A header-only library installs without a build, and may move afterwards.
  run(${configure} -S "${SOURCE}" -B "${WORK}/wmanifold" ${no_programs})
  install_to("${WORK}/first")
  file(RENAME "${WORK}/first" "${prefix}")
endif()

if(MODE STREQUAL "embed")
  run(${configure} -S "${SOURCE}/examples/embed" -B "${build}" "-DCMAKE_PREFIX_PATH=${prefix}")
  run("${CMAKE_COMMAND}" --build "${build}")
  run("${build}/train" "${WORK}/turning.safetensors")
  run("${build}/play" "${WORK}/turning.safetensors")
  return()
endif()

if(MODE STREQUAL "find_package")
  list(APPEND consumer "-DCMAKE_PREFIX_PATH=${prefix}")
  run(${consumer} -B "${build}" "-DCONSUMER_VERSION=${VERSION}" -DCONSUMER_COMPONENTS=compiled)
else()
  file(MAKE_DIRECTORY "${WORK}")
  file(CREATE_LINK "${SOURCE}" "${WORK}/the library" SYMBOLIC)
  run(${consumer} -B "${build}" "-DCONSUMER_WMANIFOLD=${WORK}/the library")
endif()
if(NOT MODE STREQUAL "fetch_content")
  run("${CMAKE_COMMAND}" --build "${build}")
  prints("^${VERSION} ?$" "${build}/consumer")
endif()
if(IO)
  run("${CMAKE_COMMAND}" --build "${build}" --target consumer_io)
  execute_process(COMMAND "${build}/consumer_io" WORKING_DIRECTORY "${WORK}" COMMAND_ERROR_IS_FATAL ANY)
endif()
if(NOT MODE STREQUAL "find_package")
  refuses("nlohmann_json::nlohmann_json.* target was not found" ${consumer} -B "${build}"
    -DCMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON)
  run(${consumer} -B "${build}" -DCMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON -DCONSUMER_IO=OFF)
  return()
endif()

# ---- accepted and refused arguments of find_package -------------------------------------------------------

set(ask ${consumer} -B "${WORK}/asking" -DCONSUMER_IO=OFF)
set(json -DCMAKE_DISABLE_FIND_PACKAGE_nlohmann_json)
set(openmp "-UOpenMP_*" -DCMAKE_DISABLE_FIND_PACKAGE_OpenMP)

# Threads depend on this compiler and this project's choice.
prints("wmanifold links [^ ]*xsimd ?-- Conf" ${ask} ${openmp}=ON -DWMANIFOLD_OPENMP=ON)
prints("wmanifold links [^ ]*xsimd ?-- Conf" ${ask} ${openmp}=OFF -DWMANIFOLD_OPENMP=OFF)
if(OPENMP)
  prints("wmanifold links [^ ]*xsimd;OpenMP::OpenMP_CXX " ${ask} -UWMANIFOLD_OPENMP)
  # The same holds for an installation without threads.
  run(${configure} -S "${SOURCE}" -B "${WORK}/wmanifold" -DWMANIFOLD_OPENMP=OFF)
  install_to("${WORK}/without")
  prints("wmanifold links [^ ]*xsimd;OpenMP::OpenMP_CXX " ${ask} "-DCMAKE_PREFIX_PATH=${WORK}/without"
    -Dwmanifold_DIR= -UWMANIFOLD_OPENMP)
endif()

run(${ask} -DCONSUMER_COMPONENTS=dispatch)
refuses("wmanifold has no component \"threads\"; it has compiled, dispatch and io" ${ask} "-DCONSUMER_COMPONENTS=io\;threads")
refuses("component io of wmanifold needs nlohmann_json" ${ask} -DCONSUMER_COMPONENTS=io ${json}=ON)
prints("links" ${ask} "-DCONSUMER_COMPONENTS=dispatch\;OPTIONAL_COMPONENTS\;io\;threads" ${json}=ON)
refuses("compatible with requested version \"9.1\".*version: ${VERSION}" ${ask} -DCONSUMER_COMPONENTS= -DCONSUMER_VERSION=9.1)

# The build tree is a package as well.
run(${ask} -DCONSUMER_VERSION=${VERSION} "-Dwmanifold_DIR=${WORK}/wmanifold")

# ---- the check of a build, from the moved package -----------------------------------------------------------

if(CHECK)
  run("${CMAKE_COMMAND}" --build "${build}" --target wmanifold_check)
  prints("wmanifold-check: everything holds ?$" "${build}/wmanifold-check")
endif()

# ---- other installed files --------------------------------------------------------------------------------

run(test -f "${prefix}/share/wmanifold/check/main.cpp")
foreach(tool IN ITEMS wmanifold_model wmanifold_header)
  run(test -x "${prefix}/share/wmanifold/tools/${tool}.py")
endforeach()
find_program(PKG_CONFIG pkg-config)
if(PKG_CONFIG)
  set(ENV{PKG_CONFIG_PATH} "${prefix}/share/pkgconfig:$ENV{PKG_CONFIG_PATH}")
  prints("^${VERSION} ?$" "${PKG_CONFIG}" --modversion wmanifold)
  prints("-I[^ ]*/the.? prefix/share/pkgconfig/../../include" "${PKG_CONFIG}" --cflags wmanifold)
endif()
