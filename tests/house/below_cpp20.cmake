# Below C++20 the first error says what is needed, whichever header a user includes. That all headers reach version.hpp
# first, where the error is, include_order.cmake checks.
#   cmake -D CXX=<compiler> -D ROOT=<include> -P below_cpp20.cmake
cmake_minimum_required(VERSION 3.25)

set(sentence "wmanifold needs C\\+\\+20 or later")
foreach(header IN ITEMS wmanifold version io/model_file io/checkpoint testing/manifold_laws core/aligned deploy/walker
    autodiff/dual flow/gradient_flow)
  set(header "wmanifold/${header}.hpp")
  # Fatal errors: what is printed ends with the first one. No folder of another library is needed to come so far.
  execute_process(COMMAND "${CXX}" -std=c++17 -fsyntax-only -Wfatal-errors -x c++ -include "${ROOT}/${header}"
    -I "${ROOT}" /dev/null RESULT_VARIABLE status ERROR_VARIABLE errors)
  if(status EQUAL 0 OR NOT errors MATCHES "error: [^\n]*${sentence}")
    message(FATAL_ERROR "${header}: expected an error of \"${sentence}\" first, got\n${errors}")
  endif()
endforeach()
