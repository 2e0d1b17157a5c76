# Programs that libFuzzer feeds with bytes, under sanitizers: a source of this folder each. corpus/TARGET has the inputs
# that reach all code found so far; a test runs each of them, and another begins with them and searches for 20 s.
# scripts/fuzz.sh searches longer, and adds to the corpus.

include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_FLAGS -fsanitize=fuzzer)
check_cxx_source_compiles([[
  extern "C" int LLVMFuzzerTestOneInput(unsigned char const*, unsigned long) { return 0; }]] WMANIFOLD_HAS_FUZZER)
unset(CMAKE_REQUIRED_FLAGS)
if(NOT WMANIFOLD_HAS_FUZZER)
  wmanifold_summary("  fuzzer" off "no libFuzzer (Debian: libclang-rt-14-dev)")
  return()
endif()
find_package(ZLIB QUIET)

set(fuzz_examples "${PROJECT_SOURCE_DIR}/examples")
set(fuzz_targets points names layers wav differential)
set(fuzz_sources_names "${fuzz_examples}/common/csv.cpp" "${fuzz_examples}/common/text.cpp")
set(fuzz_sources_wav "${fuzz_examples}/knob/wav.cpp" "${fuzz_examples}/common/files.cpp"
  "${fuzz_examples}/common/text.cpp")
if(nlohmann_json_FOUND)
  list(APPEND fuzz_targets model_file checkpoint network_file)
endif()
if(ZLIB_FOUND)
  list(APPEND fuzz_targets idx)
  set(fuzz_sources_idx "${fuzz_examples}/common/idx.cpp")
endif()
list(LENGTH fuzz_targets fuzz_count)
wmanifold_summary("  fuzzer" on "${fuzz_count} targets, 20 s each, by scripts/fuzz.sh longer")

# The levels that `differential` compares. They are under the address sanitizer, and at -O1, which halves their time.
wmanifold_add_dispatch()
get_property(levels TARGET wmanifold_dispatch PROPERTY wmanifold_levels)
foreach(level IN LISTS levels)
  target_compile_options(wmanifold_level_${level} PRIVATE -O1 -fsanitize=address)
endforeach()
set_target_properties(wmanifold_dispatch PROPERTIES EXCLUDE_FROM_ALL ON)

foreach(target IN LISTS fuzz_targets)
  add_executable(fuzz_${target} fuzz/${target}.cpp ${fuzz_sources_${target}})
  target_compile_options(fuzz_${target} PRIVATE -O1 -fsanitize=fuzzer)
  target_link_options(fuzz_${target} PRIVATE -fsanitize=fuzzer)
  target_include_directories(fuzz_${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}" "${fuzz_examples}"
    "${fuzz_examples}/common" "${PROJECT_SOURCE_DIR}")  # check/
  target_link_libraries(fuzz_${target} PRIVATE wmanifold::wmanifold $<TARGET_NAME_IF_EXISTS:wmanifold::compiled>
    wmanifold_own $<TARGET_NAME_IF_EXISTS:nlohmann_json::nlohmann_json>)
  set(corpus "${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/${target}")
  set(found "${CMAKE_CURRENT_BINARY_DIR}/fuzz/${target}")
  file(MAKE_DIRECTORY "${found}")
  set(fuzz_options -max_len=8192 -timeout=60 -rss_limit_mb=2048 -verbosity=0)
  add_test(NAME fuzz_${target}_corpus COMMAND fuzz_${target} ${fuzz_options} -runs=0 "${corpus}")
  add_test(NAME fuzz_${target} COMMAND fuzz_${target} ${fuzz_options} -max_total_time=20 -print_final_stats=1
    "${found}" "${corpus}")
  set_tests_properties(fuzz_${target}_corpus fuzz_${target} PROPERTIES TIMEOUT 300
    WORKING_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}" ENVIRONMENT OMP_NUM_THREADS=1)
endforeach()

# Valid inputs, for scripts/fuzz.sh.
if(nlohmann_json_FOUND)
  add_executable(fuzz_seeds EXCLUDE_FROM_ALL fuzz/seeds.cpp)
  target_include_directories(fuzz_seeds PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  target_link_libraries(fuzz_seeds PRIVATE wmanifold::wmanifold $<TARGET_NAME_IF_EXISTS:wmanifold::compiled> wmanifold_own
    nlohmann_json::nlohmann_json)
endif()

target_link_libraries(fuzz_differential PRIVATE wmanifold::dispatch)
if(TARGET fuzz_idx)
  target_link_libraries(fuzz_idx PRIVATE ZLIB::ZLIB)
endif()
