# Checks that wrong uses do not compile, and that the first error is a sentence with the expected use and the reason:
#   cmake -D CXX=<compiler> -D FOLDERS=<include folders> -D WORK=<folder> [-D ONLY=<regex>] -P refused.cmake
# ONLY picks the cases whose code or sentence it matches.
cmake_minimum_required(VERSION 3.25)

set(good "")
set(count 0)

macro(takes declaration)
  string(APPEND good "${declaration};\n")
endmacro()

macro(refuses declaration sentence)
  math(EXPR count "${count} + 1")
  set(code_${count} "${declaration};")
  set(sentence_${count} "${sentence}")
endmacro()

# The same for statements, among the names of `prelude`.
macro(runs statement)
  math(EXPR count "${count} + 1")
  takes("void runs_${count}() { ${statement}; }")
endmacro()
macro(explains statement sentence)
  refuses("void explains() { ${statement}; }" "wmanifold: expected ${sentence}")
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
refuses("LaplacianEigenvectors<Finite<3>, 4> n" "LaplacianEigenvectors<Finite<n>, K> has a K from 1 to n")
refuses("TotalDegree<Product<S1, Simplex<2>>, 2> o" "on others, name the factors' bases in a Subset")
refuses("Subset<OneAlone, Line, Ellipse> p" "a Subset expects factors whose functions have an order")
refuses("Point<Finite<3, graph_of<3>({{0, 1}})>> q({0.0})" "Finite needs a graph with a path between every two contexts")
refuses("Point<Simplex<0>> r({1.0})" "Simplex<n> has a dimension n of at least 1")
refuses("Manifold<Line, Dense<3, 4>, Relu, Dense<5, 2>> t(zeros)" "take as many inputs as the Dense layer before it gives outputs")

refuses("auto t(Knobs const& m) { return slice<3>(m, Interval::at(0)); }"
  "held factors are named by their numbers in the Product, from 0 on, each once")
refuses("auto u(Knobs const& m) { return slice<1, 1>(m, Interval::at(0), Interval::at(1)); }" "from 0 on, each once")
refuses("auto v(Knobs const& m) { return slice<1>(m, 0.5); }" "a factor is held at a Point of its own topology")
refuses("auto w(Knobs const& m) { return slice<0, 1>(m, Interval::at(0)); }" "each held factor takes a point")
refuses("auto x(Knobs const& m) { return slice<0, 1, 2>(m, Interval::at(0), Interval::at(0), Interval::at(0)); }"
  "with all of them held, use model.at(point)")
refuses("auto y(Manifold<Ellipse, Dense<1, 1>> const& m) { return slice<0>(m, S1::degrees(0)); }"
  "a slice needs a BasicManifold on a Product whose basis is a Tensor, a Subset (TotalDegree, Additive) or Constant")
refuses("struct NoPairs { static std::string name() { return {}; }
  static constexpr bool keeps(std::span<int const> o) { return o.size() != 2 || o[0] + o[1] == 0; } };
  using Order1 = Legendre<Interval, 1>;
  auto z(Manifold<Subset<NoPairs, Order1, Order1, Order1>, Dense<1, 1>> const& m) { return slice<0>(m, Interval::at(0)); }"
  "a slice of a Subset needs a rule that keeps each product of the free factors")
refuses("auto aa(Manifold<Ellipse, Dense<1, 1>> const& m, Matrix<float> const& x)
  { return infer_context(m, PredictionEntropy{}, x, {}, hold<0>(S1::degrees(0))); }"
  "only a Product has factors to hold")
refuses("auto ab(Manifold<Constant<>, Dense<1, 1>> const& m, Matrix<float> const& x) { return infer_context(m, PredictionEntropy{}, x); }"
  "a space of one point has no context to infer")
refuses("auto ac(Manifold<Additive<Torus<2>, 1>, Dense<1, 1>> const& m, Matrix<float> const& x)
  { return infer_context(m, PredictionEntropy{}, x, {}, hold<0>(Interval::at(0))); }"
  "a factor is held at a Point of its own topology")

# A step: inputs, contexts, targets.
runs("flow.step(x, s, y)")
runs("flow.step(x, s, y, angles)")
runs("flow.step(x.topRows(2), Contexts<S1>::runs(s), y.topRows(2), {})")
runs("flow.step<HostTarget>(2 * x, std::vector<Point<S1>>{}, x * x)")
runs("classes.step(x, s, labels)")
runs("classes.step(x, std::move(s), std::array{1, 2})")
runs("double_flow.step(double_x, levels, double_y)")
runs("plain_flow.step(x, y)")
runs("plain_flow.step(x, Contexts<OnePoint>::constant(OnePoint::point(), 3), y)")
explains("flow.step(x, levels, y)" "contexts of the model's topology, got points of another one")
explains("double_flow.step(double_x, Contexts<S1>(s), double_y)" "contexts of the model's topology")
explains("flow.step(x, angles, y)" "contexts as points, got plain numbers")
explains("flow.step(x, floats, y)" "contexts as points, got plain numbers")
explains("flow.step(x, 0.5, y)" "a context per sample, got a plain number")
explains("flow.step(x, 0.5F, y)" "a context per sample, got a plain number")
explains("flow.step(x, S1::radians(1), y)" "a context per sample, got one point")
explains("flow.step(x, std::vector<std::array<double, 1>>{}, y)" "contexts as points, got plain numbers")
explains("flow.step(x, std::array{S1::radians(1)}, y)" "contexts as a std::vector of points")
explains("flow.step(x, Eigen::VectorXd(3), y)" "contexts between inputs and targets, as points, got a matrix")
explains("flow.step(x, nullptr, y)" "contexts as a std::vector<Point<S>> with a point per sample")
explains("flow.step(double_x, s, y)" "inputs of float, as the weights of this model are, got a matrix of other numbers")
explains("flow.step(x, s, double_y)" "targets of float, as the weights of this model are, got a matrix of other numbers")
explains("flow.step(Eigen::MatrixXd(2, 2), s, double_y)" "inputs of float")
explains("double_flow.step(x, levels, double_y)" "inputs of double, as the weights of this model are")
explains("double_flow.step(double_x, levels, y)" "targets of double, as the weights of this model are")
explains("flow.step(floats, s, y)" "inputs as a matrix, samples x inputs, got a list of numbers")
explains("flow.step(x, s, floats)" "targets as a matrix, samples x outputs, got a list of numbers")
explains("flow.step(x, s, labels)" "targets as a matrix, samples x outputs, as this loss takes rows of numbers")
explains("flow.step(x, s, 1)" "targets as a Matrix<float>")
explains("classes.step(x, s, std::vector<long>{})" "labels as a list of int, got whole numbers of another type")
explains("classes.step(x, s, std::vector<unsigned>{})" "labels as a list of int, got whole numbers of another type")
explains("classes.step(x, s, std::vector<std::size_t>{})" "labels as a list of int, got whole numbers of another type")
explains("classes.step(x, s, std::vector<std::uint8_t>{})" "labels as a list of int, got whole numbers of another type")
explains("classes.step(x, s, Eigen::VectorXi(3))" "labels as a list of int, got whole numbers of another type or in an Eigen vector")
explains("classes.step(x, s, floats)" "labels, an int per sample in 0, ..., outputs - 1, got a list of real numbers")
explains("classes.step(x, s, y)" "labels, an int per sample, as this loss takes classes (CrossEntropy), got a matrix")
explains("classes.step(x, s, 1)" "labels as a list of int, one per sample (std::vector<int>")
explains("classes.step(x, labels)" "inputs, contexts and targets, got no contexts")
explains("flow.step(x, y)" "inputs, contexts and targets, got no contexts")
explains("flow.step(x, s)" "inputs, contexts and targets, got no targets")
explains("flow.step(x)" "inputs, contexts and targets, got no contexts")
explains("flow.step(x, y, s)" "the inputs first, then contexts, then targets, got contexts last")
explains("flow.step(s, x, y)" "the inputs first, then contexts, then targets, got contexts first")
explains("flow.step(x, s, y, floats)" "weights as a list of double, one per sample")
explains("flow.step(x, s, y, 1, 2)" "inputs, contexts, targets and weights, got more than that")
explains("plain_flow.step(x, labels)" "targets as a matrix, samples x outputs, as this loss takes rows of numbers")
explains("plain_flow.step(double_x, y)" "inputs of float")

# A flow: model, loss, options; or model, loss, rule, options.
runs("GradientFlow f{model, MeanSquaredError{}, {.rate = 0.1}}")
runs("GradientFlow f{model, CrossEntropy{}, FlowOptions{.rate = 0.1, .momentum = 0.9}}")
runs("GradientFlow f{model, LossFunctional{CrossEntropy{}, Cvar{0.5}}, Adam{}, {.rate = 0.1}}")
runs("RuleOptions const how; GradientFlow f(double_model, Pinball{}, Nesterov{}, how)")
runs("GradientFlow<Model, MeanSquaredError> f(model, {}, {.rate = 0.1})")
runs("GradientFlow<Model, MeanSquaredError, Adam> f(model, {}, {}, {.rate = 0.1})")
runs("[]() -> GradientFlow<Model, MeanSquaredError> { return {model, {}, {.rate = 0.1}}; }()")
explains("GradientFlow f{const_model, MeanSquaredError{}, {.rate = 0.1}}" "a model that may change, got a const one")
explains("GradientFlow f{const_model, MeanSquaredError{}, Adam{}, {.rate = 0.1}}" "a model that may change, got a const one")
explains("GradientFlow<Model const, MeanSquaredError> f{model, {}, {.rate = 0.1}}" "a model that may change, got a const one")
explains("GradientFlow f{Model{zeros}, MeanSquaredError{}, {.rate = 0.1}}" "a model that outlives its flow, got a temporary one")
explains("GradientFlow f{Model{zeros}, MeanSquaredError{}, Adam{}, {.rate = 0.1}}" "a model that outlives its flow, got a temporary")
explains("GradientFlow f{std::move(model), MeanSquaredError{}, {.rate = 0.1}}" "a model that outlives its flow")
explains("GradientFlow f{&model, MeanSquaredError{}, {.rate = 0.1}}" "a model, got a pointer to one")
explains("auto m = std::make_unique<Model>(zeros); GradientFlow f{m, MeanSquaredError{}, {.rate = 0.1}}" "a model, got a pointer to one")
explains("GradientFlow f{network, MeanSquaredError{}, {.rate = 0.1}}" "a manifold of weights, got a network")
explains("GradientFlow f{MeanSquaredError{}, model, {.rate = 0.1}}" "the model first, then its loss, got the loss first")
explains("GradientFlow f{x, MeanSquaredError{}, {.rate = 0.1}}" "a manifold of weights first")
explains("GradientFlow f{model, {.rate = 0.1}}" "a loss between model and options")
explains("GradientFlow f{model, Adam{}, {.rate = 0.1}}" "a loss between model and rule")
explains("GradientFlow f{model, [](auto a, auto b) { return a[0] - b[0]; }, {.rate = 0.1}}" "a loss after the model")
explains("GradientFlow f{model, Pinball{}, {.rate = 0.1}}" "a loss for the topology of the model's contexts, got one for another")
explains("GradientFlow f{model, MeanSquaredError{}}" "options after the loss")
explains("GradientFlow f{model, MeanSquaredError{}, 0.1}" "FlowOptions after the loss")
explains("GradientFlow f{model, MeanSquaredError{}, Adam{}}" "options after the rule")
explains("GradientFlow f{model, MeanSquaredError{}, 0.1, {.rate = 0.1}}" "a rule between loss and options")
explains("GradientFlow f{model, MeanSquaredError{}, {.rate = 0.1}, Adam{}}" "the rule before its options")
explains("FlowOptions const how{.rate = 1}; GradientFlow f{model, MeanSquaredError{}, Adam{}, how}" "RuleOptions after the rule")
explains("GradientFlow f{model, MeanSquaredError{}, Adam{}, {.rate = 0.1, .momentum = 0.9}}" "no .momentum in the options beside a rule")
explains("GradientFlow f{model, MeanSquaredError{}, HeavyBall{}, {.rate = 0.1, .momentum = 0.9F}}" "no .momentum in the options beside a rule")
explains("RuleOptions how{.rate = 0.1, .momentum = 1}" "no .momentum in the options beside a rule")
runs("GradientFlow f{model, MeanSquaredError{}, {.rate = 0.1}}; GradientFlow g{model, CrossEntropy{}, Adam{}, {.movement = 1}}")
runs("CustomFlow f{written, MeanSquaredError{}, {.rate = 0.1}}; CustomFlow g{written, MeanSquaredError{}, Nesterov{}, {.rate = 1}}")
explains("GradientFlow f{written, MeanSquaredError{}, {.rate = 0.1}}" "a manifold with rows over a basis, got a custom one")
explains("GradientFlow f{written, MeanSquaredError{}, Adam{}, {.rate = 0.1}}" "a manifold with rows over a basis, got a custom one")
explains("CustomFlow f{model, MeanSquaredError{}, {.rate = 0.1}}" "a custom manifold, got one with rows over a basis")
explains("CustomFlow f{written, MeanSquaredError{}, Adam{}, {.rate = 0.1}}" "a rule that needs no whitened coordinates")
explains("CustomFlow f{written, {.rate = 0.1}}" "a loss between model and options")
explains("void(CustomFlow{written, MeanSquaredError{}, {.rate = 1}}.step(x, levels, y))" "inputs of double")

# Models and networks.
runs("Model const m{he_normal.spread(0.1), Seed{1}}")
runs("Manifold<Line, LayerList> const m{he_normal, Seed{1}, {}, LayerList{Dense<>(2, 3)}}")
runs("static_cast<void>(model.at(S1::degrees(90))); static_cast<void>(model.at<HostTarget>(s[0]))")
runs("static_cast<void>(model.predict(x, s)); static_cast<void>(model.predict(x, Contexts<S1>(s), work))")
runs("std::array<float, 3> out; network(std::array{1.0F, 0.5F}, out); network(floats, out, out)")
runs("static_cast<void>(evaluate(const_model, CrossEntropy{}, x, s, labels))")
explains("Manifold<S1, Dense<2, 4>> m{he_normal, Seed{1}}" "a basis in front of the layers, got a topology")
explains("Manifold<Dense<2, 4>, Tanh, Dense<4, 1>> m{he_normal, Seed{1}}" "a basis in front of the layers, got a layer")
explains("Manifold<int, Dense<2, 4>> m{he_normal, Seed{1}}" "a basis in front of the layers, got another type")
explains("BasicManifold<Ellipse, Dense<2, 4>> m{he_normal, Seed{1}}" "float or double in front of the basis")
explains("BasicManifold<int, Ellipse, Dense<2, 4>> m{zeros}" "float or double in front of the basis")
explains("Model m{he_normal, 1}" "a Seed after the initialisation, got a plain number")
explains("DoubleModel m(he_normal, 1U)" "a Seed after the initialisation, got a plain number")
explains("Model m{he_normal}" "a seed after the initialisation")
explains("auto n = model.at(90)" "a point of the model's topology, got a plain number")
explains("auto n = model.at(0.5)" "a point of the model's topology, got a plain number")
explains("auto n = double_model.at(0.5F)" "a point of the model's topology, got a plain number")
explains("auto n = model.at(Interval::clamped(0.5))" "a point of the model's topology, got one of another")
explains("auto n = model.at(s)" "one point, got several")
explains("auto n = model.at(nullptr)" "a point of the model's topology, got another type")
explains("auto p = model.predict(x, levels)" "contexts of the model's topology, got points of another one")
explains("auto p = model.predict(x, angles)" "contexts as points, got plain numbers")
explains("auto p = model.predict(double_x, s)" "inputs of float")
explains("auto p = model.predict(s, x)" "the inputs first, then contexts, got contexts first")
explains("auto p = model.predict(x)" "a context per sample after the inputs, got none")
explains("auto p = model.predict(x, s, const_model)" "a Workspace as the third argument")
explains("auto out = network(floats)" "the outputs as the second argument, got none")
explains("std::array<float, 3> out; network(std::array{1.0, 0.5}, out)" "a sample of the network's own numbers")
explains("std::array<float, 3> out; network(x, out)" "one sample as a span of numbers, got an Eigen matrix or vector")
explains("std::array<double, 3> out; network(floats, out)" "the outputs as the second argument, a named list")
explains("std::array<float, 3> const out{}; network(floats, out)" "the outputs as the second argument, a named list")
explains("std::array<float, 3> out; network(floats, out, angles)" "a sample, its outputs and optional scratch")
runs("std::array<float, 3> out; network.process(floats, 2, out); network.process(floats, 2, out, out)")
explains("std::array<float, 3> out; Network<Dense<>>(Dense<>(2, 3)).process(floats, 2, out)" "scratch after the outputs, as this network has sizes at run time")
explains("std::array<float, 3> out; network.process(x, 2, out)" "a block of samples as a list of the network's own numbers")
explains("std::array<float, 3> out; network.process(floats, out)" "a block of samples as a list of the network's own numbers")
explains("auto e = evaluate(model, CrossEntropy{}, x, s, std::vector<short>{})" "labels as a list of int, got whole numbers")
explains("auto e = evaluate(model, MeanSquaredError{}, x, angles, y)" "contexts as points, got plain numbers")
explains("auto e = evaluate(model, CrossEntropy{}, x, labels)" "inputs, contexts and targets, got no contexts")

# Models in 16 bits.
runs("auto const m = stored_as<Float16>(model); static_cast<void>(m.at(s[0])); Model n = m.model()")
runs("std::array<float, 3> out; stored(s[0], floats, out); stored(s[0], floats, out, out)")
explains("auto m = stored_as<float>(model)" "BFloat16 or Float16 as the type of the stored parameters")
explains("stored.predict(x, s)" "a sample at a point, as a Stored model has neither batches nor gradients")
explains("auto e = evaluate(stored, CrossEntropy{}, x, s, labels)" "a sample at a point, as a Stored model has neither batches nor gradients")
explains("stored.forward(x, s, work)" "a sample at a point, as a Stored model has neither batches nor gradients")
explains("auto n = stored.at(90)" "a point of the model's topology, got a plain number")
explains("auto n = any_stored.at(0.25)" "a context as a list of double, as the topology is known only at run time")
explains("GradientFlow f{stored, MeanSquaredError{}, {.rate = 0.1}}" "a model in float or double, got a Stored one")

# Files, without <wmanifold/io/...>.
takes("template <class M> void save_model(std::string const&, M const&) {}")
runs("save_model(\"m\", model); save_model(std::string(), network)")
explains("wmanifold::save_model(\"m\", model)" "#include <wmanifold/io/model_file.hpp> for save_model")
explains("auto m = wmanifold::load_model<Model>(\"m\")" "#include <wmanifold/io/model_file.hpp> for load_model")
explains("auto m = load_any_model(\"m\")" "#include <wmanifold/io/model_file.hpp> for load_any_model")
explains("save_network(\"m\", model.at(s[0]))" "#include <wmanifold/io/network_file.hpp> for save_network")
explains("save_networks(\"m\", model, s)" "#include <wmanifold/io/network_file.hpp> for save_networks")
explains("save_checkpoint(\"m\", model, flow)" "#include <wmanifold/io/checkpoint.hpp> for save_checkpoint")
explains("load_checkpoint(\"m\", model, flow)" "#include <wmanifold/io/checkpoint.hpp> for load_checkpoint")

# Names for the statements.
set(prelude [=[
#include <wmanifold/wmanifold.hpp>
#include <memory>
using namespace wmanifold;
using Model = Manifold<Fourier<S1, 1>, Dense<2, 4>, Tanh, Dense<4, 3>>;
using DoubleModel = BasicManifold<double, Line, Dense<2, 4>, Tanh, Dense<4, 3>>;
using Knobs = BasicManifold<double, TotalDegree<Box<3>, 1>, Dense<1, 1>>;
using PlainModel = Manifold<Constant<>, Dense<2, 4>, Tanh, Dense<4, 3>>;
extern Model model;
extern Model const const_model;
extern DoubleModel double_model;
extern PlainModel plain_model;
extern Stored<Model, BFloat16> stored;
extern Stored<AnyManifold<float>, Float16> any_stored;
struct Write {
  void operator()(auto const& s, auto const& p, auto const& to) const { to.bias(0, 0) = p[0] * s[0]; }
};
extern CustomManifold<double, Interval, Write, Dense<2, 1>> written;
extern GradientFlow<Model, MeanSquaredError> flow;
extern GradientFlow<Model, CrossEntropy> classes;
extern GradientFlow<DoubleModel, MeanSquaredError> double_flow;
extern GradientFlow<PlainModel, MeanSquaredError> plain_flow;
extern Network<Dense<2, 4>, Tanh, Dense<4, 3>> network;
extern Matrix<float> x, y;
extern Matrix<double> double_x, double_y;
extern std::vector<Point<S1>> s;
extern std::vector<Point<Interval>> levels;
extern std::vector<int> labels;
extern std::vector<float> floats;
extern std::vector<double> angles;
extern Workspace<float> work;
]=])
set(options -std=c++20 -w)
foreach(folder IN LISTS FOLDERS)
  list(APPEND options -isystem "${folder}")
endforeach()
file(REMOVE_RECURSE "${WORK}")
file(WRITE "${WORK}/prelude.hpp" "${prelude}")
if(CXX MATCHES "clang")
  set(compiled "${WORK}/prelude.pch")
  set(use -include-pch "${compiled}" -ferror-limit=0)
else()
  set(compiled "${WORK}/prelude.hpp.gch")
  set(use -include "${WORK}/prelude.hpp")
endif()
execute_process(COMMAND "${CXX}" ${options} -x c++-header "${WORK}/prelude.hpp" -o "${compiled}" COMMAND_ERROR_IS_FATAL ANY)

# Compiles declarations. Sets <errors>, which is empty if there are none.
function(compile declarations)
  file(WRITE "${WORK}/cases.cpp" "${declarations}")
  execute_process(COMMAND "${CXX}" ${options} ${use} -fsyntax-only "${WORK}/cases.cpp"
    RESULT_VARIABLE status ERROR_VARIABLE errors)
  if(status EQUAL 0)
    set(errors "")
  endif()
  set(errors "${errors}" PARENT_SCOPE)
endfunction()

if(NOT ONLY)
  compile("${good}")
  if(errors)
    message(FATAL_ERROR "expected this to compile:\n${good}got\n${errors}")
  endif()
endif()

# Compiles all cases at once. An instantiation shared by two cases is an error of the first alone. Cases without an
# error are compiled again until each has had its own, or none of the rest has.
set(left "")
foreach(i RANGE 1 ${count})
  if(DEFINED code_${i} AND (NOT ONLY OR "${code_${i}}${sentence_${i}}" MATCHES "${ONLY}"))
    list(APPEND left ${i})
  endif()
endforeach()
set(before "")
while(NOT left STREQUAL before)
  set(before "${left}")
  set(cases "")
  foreach(i IN LISTS left)
    string(APPEND cases "#line 1 \"case_${i}\"\nnamespace case_${i} { ${code_${i}} }\n")
  endforeach()
  compile("${cases}")
  string(REGEX REPLACE "[][;]" " " errors "${errors}")
  string(REPLACE " error: " ";" parts "${errors}")
  list(POP_FRONT parts behind)
  foreach(part IN LISTS parts)
    # The case of an error: GCC names it before the error, in the end; Clang on its line, or behind it.
    string(REGEX REPLACE ".*\n" "" line "${behind}")
    if(CXX MATCHES "clang" AND NOT line MATCHES "^case_")
      string(REGEX MATCH "case_([0-9]+):" place "${part}")
    else()
      string(REGEX MATCH ".*case_([0-9]+):" place "${behind}")
    endif()
    set(i "${CMAKE_MATCH_1}")
    if(place AND NOT DEFINED first_${i})
      string(REGEX MATCH "^[^\n]*" first_${i} "${part}")
      list(REMOVE_ITEM left ${i})
    endif()
    set(behind "${part}")
  endforeach()
endwhile()

set(wrong "")
foreach(i RANGE 1 ${count})
  if(DEFINED first_${i})
    string(FIND "${first_${i}}" "${sentence_${i}}" found)
  endif()
  if(i IN_LIST left OR (DEFINED first_${i} AND found EQUAL -1))
    string(APPEND wrong "${code_${i}}\n  expected: ${sentence_${i}}\n  got:      ${first_${i}}\n")
  endif()
endforeach()
# A header of io/ without nlohmann_json: with no folder of the system, and a stub for version.hpp's only include.
file(WRITE "${WORK}/stub/string_view" "")
list(GET FOLDERS 0 own)
execute_process(COMMAND "${CXX}" -std=c++20 -E -nostdinc "-I${WORK}/stub" "-I${own}" -x c++
  -include wmanifold/io/safetensors_header.hpp /dev/null RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE errors)
string(REGEX MATCH "error: [^\n]*" first "${errors}")
if(status EQUAL 0 OR NOT first MATCHES "wmanifold: model files need nlohmann_json" OR
    NOT errors MATCHES "fatal error: '?nlohmann")
  string(APPEND wrong "an include of io/ without nlohmann_json\n  got:      ${errors}\n")
endif()
if(wrong)
  message(FATAL_ERROR "first errors that do not say what was expected:\n${wrong}")
endif()
