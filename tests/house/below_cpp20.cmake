# Checks that below C++20 the first error names the required standard, for every header that a user includes.
# include_order.cmake checks that all headers reach version.hpp, which has the error, first.
#   cmake -D CXX=<compiler> -D ROOT=<include> -P below_cpp20.cmake
cmake_minimum_required(VERSION 3.25)

set(sentence "wmanifold needs C\\+\\+20 or later")
foreach(header IN ITEMS wmanifold version io/model_file io/checkpoint testing/manifold_laws core/aligned deploy/walker
    autodiff/dual flow/gradient_flow)
  set(header "wmanifold/${header}.hpp")
  # Fatal errors end the output with the first one. This needs no folder of another library.
  execute_process(COMMAND "${CXX}" -std=c++17 -fsyntax-only -Wfatal-errors -x c++ -include "${ROOT}/${header}"
    -I "${ROOT}" /dev/null RESULT_VARIABLE status ERROR_VARIABLE errors)
  if(status EQUAL 0 OR NOT errors MATCHES "error: [^\n]*${sentence}")
    message(FATAL_ERROR "${header}: expected an error of \"${sentence}\" first, got\n${errors}")
  endif()
endforeach()
