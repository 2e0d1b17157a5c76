# What cannot work does not compile, and a sentence says what was expected and why:
#   cmake -D CXX=<compiler> -D FOLDERS=<include folders> -D WORK=<folder> -P refused.cmake
cmake_minimum_required(VERSION 3.25)

set(good "")
set(bad "")
set(sentences "")

macro(takes declaration)
  string(APPEND good "${declaration};\n")
endmacro()

macro(refuses declaration sentence)
  string(APPEND bad "${declaration};\n")
  list(APPEND sentences "${sentence}")
endmacro()

takes("Fourier<S1, 2> a")
takes("TotalDegree<Product<SO3, Interval>, 2> b")
takes("Manifold<Fourier<RP1, 1>, Dense<3, 4>, Relu, Dense<4, 2>> c(zeros)")

refuses("Fourier<S2, 1> a" "a Fourier basis lives on S1 or RP1 (or on a Torus or Product of such)")
refuses("Fourier<S1, -1> b" "a Fourier basis has an order of at least 0")
refuses("Bernstein<S1, 2> c" "Bernstein polynomials live on the Interval (or a Box or Product of intervals)")
refuses("Legendre<S2, 2> d" "Legendre polynomials live on the Interval (or a Box or Product of intervals)")
refuses("BernsteinBezier<Interval, 2> e" "a Bernstein-Bezier basis lives on a Simplex")
refuses("SphericalHarmonics<SO3, 2> f" "spherical harmonics live on S2")
refuses("HypersphericalHarmonics<S2, 2> g" "hyperspherical harmonics live on SO3")
refuses("HypersphericalHarmonics<SO3, 3> h" "odd ones differ at q and -q")
refuses("BSpline<S2, 3, 8> i" "a B-spline lives on the Interval or closed on S1")
refuses("BSpline<Interval, 3, 3> j" "a B-spline of degree p has at least p + 1 functions")
refuses("CatmullRom<Interval, 8> k" "a closed Catmull-Rom spline lives on S1")
refuses("OnePerContext<S1> l" "OnePerContext lives on a Finite topology, whose contexts can be counted")
refuses("LaplacianEigenvectors<S1, 2> m" "LaplacianEigenvectors live on a Finite topology, which has a graph")
refuses("LaplacianEigenvectors<Finite<3>, 4> n" "there are as many LaplacianEigenvectors as contexts")
refuses("TotalDegree<Product<S1, Simplex<2>>, 2> o" "on others, name the factors' bases in a Subset")
refuses("Subset<OneAlone, Line, Ellipse> p" "expects factors whose functions have an order")
refuses("Point<Finite<3, graph_of<3>({{0, 1}})>> q({0.0})" "Finite needs a graph with a path from each context to each")
refuses("Point<Simplex<0>> r({1.0})" "Simplex<n> has a dimension n of at least 1")
refuses("Manifold<Line, Dense<3, 4>, Relu, Dense<5, 2>> s(zeros)" "take as many inputs as the Dense layer before it gives outputs")

refuses("using Knobs = BasicManifold<double, TotalDegree<Box<3>, 1>, Dense<1, 1>>; auto t(Knobs const& m) { return slice<3>(m, Interval::at(0)); }"
  "the factors that are held are named by their numbers in the Product, from 0 on, each once")
refuses("auto u(Knobs const& m) { return slice<1, 1>(m, Interval::at(0), Interval::at(1)); }" "from 0 on, each once")
refuses("auto v(Knobs const& m) { return slice<1>(m, 0.5); }" "a factor is held at a Point of its own topology")
refuses("auto w(Knobs const& m) { return slice<0, 1>(m, Interval::at(0)); }" "each factor that is held takes a point")
refuses("auto x(Knobs const& m) { return slice<0, 1, 2>(m, Interval::at(0), Interval::at(0), Interval::at(0)); }"
  "with all of them held, model.at(point) is the network")
refuses("auto y(Manifold<Ellipse, Dense<1, 1>> const& m) { return slice<0>(m, S1::degrees(0)); }"
  "a slice is taken of a BasicManifold whose basis is a Tensor, a Subset (TotalDegree, Additive) or Constant")
refuses("struct NoPairs { static std::string name() { return {}; }
  static constexpr bool keeps(std::span<int const> o) { return o.size() != 2 || o[0] + o[1] == 0; } };
  using Order1 = Legendre<Interval, 1>;
  auto z(Manifold<Subset<NoPairs, Order1, Order1, Order1>, Dense<1, 1>> const& m) { return slice<0>(m, Interval::at(0)); }"
  "which has to keep of them what it keeps beside order 0 in those that are held")
refuses("auto aa(Manifold<Ellipse, Dense<1, 1>> const& m, Matrix<float> const& x)
  { return infer_context(m, PredictionEntropy{}, x, {}, hold<0>(S1::degrees(0))); }"
  "only a Product has factors to hold")
refuses("auto ab(Manifold<Constant<>, Dense<1, 1>> const& m, Matrix<float> const& x) { return infer_context(m, PredictionEntropy{}, x); }"
  "a space of one point has no context to infer")
refuses("auto ac(Manifold<Additive<Torus<2>, 1>, Dense<1, 1>> const& m, Matrix<float> const& x)
  { return infer_context(m, PredictionEntropy{}, x, {}, hold<0>(Interval::at(0))); }"
  "a factor is held at a Point of its own topology")

# Compiles declarations; sets <status> and <errors>.
set(options -std=c++20 -fsyntax-only -w)
if(CXX MATCHES "clang")
  list(APPEND options -ferror-limit=0)
endif()
foreach(folder IN LISTS FOLDERS)
  list(APPEND options -isystem "${folder}")
endforeach()
function(compile name declarations)
  file(WRITE "${WORK}/${name}.cpp" "#include <wmanifold/wmanifold.hpp>\nusing namespace wmanifold;\n${declarations}")
  execute_process(COMMAND "${CXX}" ${options} "${WORK}/${name}.cpp" RESULT_VARIABLE status ERROR_VARIABLE errors)
  set(status "${status}" PARENT_SCOPE)
  set(errors "${errors}" PARENT_SCOPE)
endfunction()

compile(taken "${good}")
if(NOT status EQUAL 0)
  message(FATAL_ERROR "expected this to compile:\n${good}got\n${errors}")
endif()

compile(refused "${bad}")
set(missing "")
foreach(sentence IN LISTS sentences)
  string(FIND "${errors}" "${sentence}" found)
  if(found EQUAL -1)
    string(APPEND missing "  ${sentence}\n")
  endif()
endforeach()
if(status EQUAL 0 OR missing)
  message(FATAL_ERROR "expected errors that say\n${missing}for\n${bad}got\n${errors}")
endif()
