// golden_check DIR: compares the library with the reference values in DIR (basis.json, gram.json, integrals.json,
// networks.json). Prints a line per case with its largest error in double and in float. Fails with a count when one
// exceeds its tolerance, or has an unknown topology, basis, activation, loss or integrand.

#include <wmanifold/wmanifold.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>

namespace wm = wmanifold;
using Json = nlohmann::json;

namespace {

// ---- agreement: error = max |a - b| / max |b|, per array -----------------------------------------------------------

struct Tolerances {
  double values;
  double gradients;
};
template <class R>
constexpr Tolerances tolerances = std::same_as<R, double> ? Tolerances{1e-12, 1e-10} : Tolerances{1e-5, 1e-4};

/// The largest error of one case, and its share of the tolerance.
class Errors {
 public:
  void add(double error, double allowed, std::string const& what) {
    largest = std::max(largest, error);
    if (!(error <= allowed)) {  // fails for a NaN as well
      failures += (failures.empty() ? "" : ", ") + what;
      char text[64];
      std::snprintf(text, sizeof text, " %.1e > %.0e", error, allowed);
      failures += text;
    }
  }
  double largest = 0;
  std::string failures;
};

double relative_error(std::vector<double> const& ours, std::vector<double> const& theirs) {
  if (ours.size() != theirs.size() || theirs.empty()) {
    return std::numeric_limits<double>::infinity();
  }
  double difference = 0;
  double size = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    double const d = std::abs(ours[i] - theirs[i]);
    difference = d > difference || std::isnan(d) ? d : difference;  // keeps a NaN: nothing is greater
    size = std::max(size, std::abs(theirs[i]));
  }
  return size > 0 ? difference / size : difference;
}

std::vector<double> flat(Json const& array) {
  std::vector<double> numbers;
  std::function<void(Json const&)> const walk = [&](Json const& j) {
    if (j.is_array()) {
      for (auto const& element : j) {
        walk(element);
      }
    } else {
      numbers.push_back(j.get<double>());
    }
  };
  walk(array);
  return numbers;
}

template <class Derived>
std::vector<double> flat(Eigen::DenseBase<Derived> const& m) {  // row-major
  std::vector<double> numbers;
  for (Eigen::Index i = 0; i < m.rows(); ++i) {
    for (Eigen::Index j = 0; j < m.cols(); ++j) {
      numbers.push_back(static_cast<double>(m.derived().coeff(i, j)));
    }
  }
  return numbers;
}

// ---- one case of each file, for a basis known at compile time -------------------------------------------------------

template <class B>
using SpaceOf = typename B::Topology;

template <class T>
wm::Point<T> point_from(Json const& coordinates) {
  auto const numbers = flat(coordinates);
  return wm::Point<T>(std::span<double const>(numbers));
}

/// Returns rows of ambient derivatives, each projected on the tangent space at its point.
template <class T>
std::vector<double> projected(std::vector<double> const& ambient, std::function<wm::Point<T>(std::size_t)> const& at) {
  std::vector<double> result;
  for (std::size_t row = 0; (row + 1) * T::coordinates <= ambient.size(); ++row) {
    wm::Coordinates<T> v{};
    std::copy_n(ambient.begin() + static_cast<std::ptrdiff_t>(row * T::coordinates), v.size(), v.begin());
    auto const tangent = T::tangent(at(row), v);
    result.insert(result.end(), tangent.begin(), tangent.end());
  }
  return result;
}

template <class R, class B>
Errors check_basis(Json const& c) {
  using T = SpaceOf<B>;
  B const basis;
  auto const s = point_from<T>(c.at("context"));
  auto const round = [](std::vector<double> v) {
    for (double& x : v) {
      x = static_cast<double>(static_cast<R>(x));
    }
    return v;
  };
  auto const phi = wm::values_at(basis, s);
  std::vector<double> slopes(static_cast<std::size_t>(B::size * T::coordinates));
  basis.derivatives(s, slopes);
  Errors errors;
  errors.add(relative_error(round({phi.begin(), phi.end()}), flat(c.at("phi"))), tolerances<R>.values, "phi");
  errors.add(relative_error(round(slopes), projected<T>(flat(c.at("dphi_ambient")), [&](std::size_t) { return s; })),
             tolerances<R>.values, "dphi");
  return errors;
}

template <class R, class B>
Errors check_gram(Json const& c) {
  wm::Metric const metric{B{}};
  auto const as_real = [](wm::SmallMatrix const& m) { return flat(m.cast<R>().template cast<double>().eval()); };
  Errors errors;
  errors.add(relative_error(as_real(metric.gram()), flat(c.at("gram"))), tolerances<R>.values, "gram");
  errors.add(relative_error(as_real(metric.inverse()), flat(c.at("inverse"))), tolerances<R>.values, "inverse");
  return errors;
}

template <class R>
wm::Matrix<R> matrix_from(Json const& rows, wm::Index columns) {
  auto const numbers = flat(rows);
  wm::Matrix<R> m(static_cast<wm::Index>(numbers.size()) / columns, columns);
  std::transform(numbers.begin(), numbers.end(), m.data(), [](double x) { return static_cast<R>(x); });
  return m;
}

template <class R, class B>
class NetworkCase {
 public:
  using T = SpaceOf<B>;
  using Model = wm::BasicManifold<R, B, wm::LayerList>;

  explicit NetworkCase(Json const& c)
      : c_(c),
        model_(wm::zeros, B{},
               wm::LayerList(c.at("widths").get<std::vector<wm::Index>>(),
                             c.at("activations").get<std::vector<std::string>>())),
        inputs_(matrix_from<R>(c.at("inputs"), model_.inputs())) {
    for (auto const& s : c.at("contexts")) {
      points_.push_back(point_from<T>(s));
    }
    each_array([&](auto& ours, char const* name, wm::Index layer, wm::Index k) {
      auto const theirs = flat(c_.at(name).at(static_cast<std::size_t>(layer)).at(static_cast<std::size_t>(k)));
      if (static_cast<wm::Index>(theirs.size()) != ours.size()) {
        throw std::runtime_error(std::string(name) + " of layer " + std::to_string(layer) + " have the wrong size");
      }
      for (wm::Index i = 0, n = 0; i < ours.rows(); ++i) {
        for (wm::Index j = 0; j < ours.cols(); ++j, ++n) {
          ours(i, j) = static_cast<R>(theirs[static_cast<std::size_t>(n)]);
        }
      }
    });
  }

  Errors check() {
    auto const loss = c_.at("loss").get<std::string>();
    for (bool const grouped : {false, true}) {
      auto const contexts = grouped ? wm::Contexts<T>::runs(points_) : wm::Contexts<T>(points_);
      if (loss == "mse") {
        wm::Matrix<R> const targets = matrix_from<R>(c_.at("targets"), model_.outputs());
        check_pass(wm::MeanSquaredError{}, contexts, wm::ConstMatrixRef<R>(targets));
      } else if (loss == "cross_entropy") {
        auto const labels = c_.at("targets").get<std::vector<int>>();
        check_pass(wm::CrossEntropy{}, contexts, std::span<int const>(labels));
      } else {
        throw std::runtime_error("unknown loss '" + loss + "'");
      }
    }
    return errors_;
  }

 private:
  template <class Body>
  void each_array(Body const& body) {
    for (wm::Index l = 0; l < model_.stack().depth(); ++l) {
      for (wm::Index k = 0; k < model_.basis_size(); ++k) {
        auto weight = model_.weight(k, l);
        auto bias = model_.bias(k, l);
        body(weight, "weights", l, k);
        body(bias, "biases", l, k);
      }
    }
  }

  /// Compares each layer's K x out x in (or K x out) tensor of a block with that of the file.
  void compare_block(wm::Parameters<R> const& block, char const* weights, char const* biases) {
    for (wm::Index l = 0; l < model_.stack().depth(); ++l) {
      std::vector<double> w;
      std::vector<double> b;
      for (wm::Index k = 0; k < model_.basis_size(); ++k) {
        auto const wk = flat(model_.weight(block, k, l));
        auto const bk = flat(model_.bias(block, k, l));
        w.insert(w.end(), wk.begin(), wk.end());
        b.insert(b.end(), bk.begin(), bk.end());
      }
      auto const layer = static_cast<std::size_t>(l);
      auto const at = "[" + std::to_string(l) + "]";
      errors_.add(relative_error(w, flat(c_.at(weights).at(layer))), tolerances<R>.gradients, weights + at);
      errors_.add(relative_error(b, flat(c_.at(biases).at(layer))), tolerances<R>.gradients, biases + at);
    }
  }

  template <class L>
  void check_pass(L const& loss, wm::Contexts<T> const& contexts, typename L::template Targets<R> const& targets) {
    wm::Workspace<R> work;
    errors_.add(relative_error(flat(model_.predict(inputs_, contexts)), flat(c_.at("outputs"))), tolerances<R>.values,
                "outputs");
    wm::Parameters<R> gradient(model_.basis_size(), model_.parameters().columns());
    auto const [value, views, largest] = wm::LossFunctional<L>(loss).gradient(
        model_, inputs_, contexts, targets, work, gradient, {.inputs = true, .contexts = true});
    errors_.add(relative_error({value}, {c_.at("loss_value").get<double>()}), tolerances<R>.values, "loss_value");
    compare_block(gradient, "grad_weights", "grad_biases");
    errors_.add(relative_error(flat(views.inputs), flat(c_.at("grad_inputs"))), tolerances<R>.gradients, "grad_inputs");
    errors_.add(relative_error(flat(views.contexts), projected<T>(flat(c_.at("grad_contexts_ambient")),
                                                                  [&](std::size_t b) { return points_.at(b); })),
                tolerances<R>.gradients, "grad_contexts");
    // From zero, so that the parameters afterwards are the step without rounding.
    Model moved = model_;
    moved.parameters().set_zero();
    wm::GradientFlow flow{moved, loss, {.rate = 1.0, .stiffness = 0}};
    double const length = flow.descend(gradient);
    compare_block(moved.parameters(), "flow_weights", "flow_biases");
    errors_.add(relative_error({length}, {c_.at("flow_movement_rms").get<double>()}), tolerances<R>.gradients,
                "flow_movement_rms");
  }

  Json const& c_;
  Model model_;
  wm::Matrix<R> inputs_;
  std::vector<wm::Point<T>> points_;
  Errors errors_;
};

// ---- known names ----------------------------------------------------------------------------------------------------

struct Checks {
  std::function<Errors(Json const&)> basis, gram, network;
};
using Known = std::map<std::pair<std::string, std::string>, std::array<Checks, 2>>;  // double, float

template <class R, class B>
Checks checks_of() {
  return {check_basis<R, B>, check_gram<R, B>, [](Json const& c) { return NetworkCase<R, B>(c).check(); }};
}

template <class... B>
Known known_bases() {
  Known known;
  ((known[{SpaceOf<B>::name(), B::name()}] = {checks_of<double, B>(), checks_of<float, B>()}), ...);
  return known;
}

using wm::Bernstein, wm::Fourier, wm::Interval, wm::Legendre, wm::S1, wm::S2, wm::SphericalHarmonics, wm::Tensor,
    wm::Torus;

Known const& known() {
  static Known const table =
      known_bases<Bernstein<Interval, 1>, Bernstein<Interval, 2>, Bernstein<Interval, 3>, Bernstein<Interval, 4>,
                  Bernstein<Interval, 5>, Legendre<Interval, 1>, Legendre<Interval, 2>, Legendre<Interval, 3>,
                  Legendre<Interval, 4>, Fourier<S1, 1>, Fourier<S1, 2>, Fourier<S1, 3>, Fourier<Torus<2>, 1>,
                  Fourier<Torus<2>, 2>, Fourier<Torus<2>, 3>, Fourier<Torus<3>, 1>, SphericalHarmonics<S2, 1>,
                  SphericalHarmonics<S2, 2>, SphericalHarmonics<S2, 3>, SphericalHarmonics<S2, 4>,
                  Tensor<Bernstein<Interval, 1>, Fourier<S1, 1>>, Tensor<Fourier<S1, 1>, SphericalHarmonics<S2, 1>>,
                  Bernstein<wm::Product<Interval, Interval>, 1>, Bernstein<wm::Product<Interval, Interval>, 2>>();
  return table;
}

// ---- integrals: the expression is read, so that any product of these functions is known -----------------------------

template <class T>
double integral(std::function<double(wm::Coordinates<T> const&)> const& f, int degree) {
  auto const quadrature = T::quadrature(degree);
  double sum = 0;
  for (std::size_t i = 0; i < quadrature.nodes.size(); ++i) {
    sum += quadrature.weights[i] * f(quadrature.nodes[i].coordinates());
  }
  return sum;
}

/// Expressions of numbers, variables, + - * / ^, parentheses, exp, cos, sin, sqrt, log; "x^2 y^2" is a product.
class Expression {
 public:
  Expression(std::string text, std::map<std::string, double> const& variables)
      : text_(std::move(text)), variables_(variables) {}

  double value() {
    double const result = sum();
    if (peek() != '\0') {
      throw std::runtime_error("cannot read '" + text_ + "' at '" + text_.substr(at_) + "'");
    }
    return result;
  }

 private:
  char peek() {
    while (at_ < text_.size() && text_[at_] == ' ') {
      ++at_;
    }
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    if (peek() != c) {
      return false;
    }
    ++at_;
    return true;
  }
  bool starts_factor() {
    char const c = peek();
    return c == '(' || std::isalnum(static_cast<unsigned char>(c)) != 0;
  }
  double sum() {
    double result = product();
    while (true) {
      if (take('+')) {
        result += product();
      } else if (take('-')) {
        result -= product();
      } else {
        return result;
      }
    }
  }
  double product() {
    double result = signed_power();
    while (true) {
      if (peek() == '*' && at_ + 1 < text_.size() && text_[at_ + 1] != '*') {
        ++at_;
        result *= signed_power();
      } else if (take('/')) {
        result /= signed_power();
      } else if (starts_factor()) {
        result *= signed_power();
      } else {
        return result;
      }
    }
  }
  double signed_power() { return take('-') ? -signed_power() : power(); }
  double power() {
    double const base = atom();
    if (take('^')) {
      return std::pow(base, signed_power());
    }
    if (peek() == '*' && at_ + 1 < text_.size() && text_[at_ + 1] == '*') {
      at_ += 2;
      return std::pow(base, signed_power());
    }
    return base;
  }
  double atom() {
    if (take('(')) {
      double const inner = sum();
      if (!take(')')) {
        throw std::runtime_error("missing ) in '" + text_ + "'");
      }
      return inner;
    }
    if (std::isdigit(static_cast<unsigned char>(peek())) != 0) {
      std::size_t length = 0;
      double const number = std::stod(text_.substr(at_), &length);
      at_ += length;
      return number;
    }
    std::string name;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_')) {
      name += text_[at_++];
    }
    static std::map<std::string, double (*)(double)> const functions{
        {"exp", [](double x) { return std::exp(x); }},   {"cos", [](double x) { return std::cos(x); }},
        {"sin", [](double x) { return std::sin(x); }},   {"log", [](double x) { return std::log(x); }},
        {"sqrt", [](double x) { return std::sqrt(x); }}, {"tanh", [](double x) { return std::tanh(x); }},
        {"abs", [](double x) { return std::abs(x); }}};
    if (auto const f = functions.find(name); f != functions.end() && peek() == '(') {
      return f->second(atom());
    }
    if (auto const v = variables_.find(name); v != variables_.end()) {
      return v->second;
    }
    if (name == "pi") {
      return std::numbers::pi;
    }
    throw std::runtime_error("unknown name '" + name + "' in '" + text_ + "'");
  }

  std::string text_;
  std::map<std::string, double> const& variables_;
  std::size_t at_ = 0;
};

/// Variables by their names in the files: s, theta, x y z, with numbers if a topology has several of a kind.
template <class T>
struct Names;
template <>
struct Names<Interval> {
  static std::vector<std::string> of() { return {"s"}; }
};
template <>
struct Names<S1> {
  static std::vector<std::string> of() { return {"theta"}; }
};
template <>
struct Names<S2> {
  static std::vector<std::string> of() { return {"x", "y", "z"}; }
};
template <class... F>
struct Names<wm::Product<F...>> {
  static std::vector<std::string> of() {
    std::vector<std::string> names;
    ((names.insert(names.end(), Names<F>::of().begin(), Names<F>::of().end())), ...);
    return names;
  }
};

template <class T>
double integrate(std::string const& integrand) {
  std::vector<std::string> names;
  auto const take = [&](std::vector<std::string> const& more) { names.insert(names.end(), more.begin(), more.end()); };
  [&]<class... F>(wm::Product<F...> const*) { (take(Names<F>::of()), ...); }([] {
    if constexpr (requires { T::factors; }) {
      return static_cast<T const*>(nullptr);
    } else {
      return static_cast<wm::Product<T> const*>(nullptr);
    }
  }());
  auto const f = [&](wm::Coordinates<T> const& c) {
    std::map<std::string, double> variables;
    std::map<std::string, int> seen;
    for (std::size_t i = 0; i < names.size(); ++i) {
      auto const number = std::to_string(seen[names[i]]++);
      variables.emplace(names[i], c[i]);  // the first of its kind also has the name without a number
      variables[names[i] + number] = c[i];
      variables[names[i] + "_" + number] = c[i];
    }
    return Expression(integrand, variables).value();
  };
  return integral<T>(f, 31);
}

std::array<double, 2> check_integral(Json const& c) {
  static std::map<std::string, double (*)(std::string const&)> const topologies{
      {"interval", integrate<Interval>},
      {"s1", integrate<S1>},
      {"t2", integrate<Torus<2>>},
      {"t3", integrate<Torus<3>>},
      {"s2", integrate<S2>},
      {"interval*s1", integrate<wm::Product<Interval, S1>>},
      {"s1*s2", integrate<wm::Product<S1, S2>>},
      {"interval*interval", integrate<wm::Product<Interval, Interval>>}};
  auto const topology = topologies.find(c.at("topology").get<std::string>());
  if (topology == topologies.end()) {
    throw std::runtime_error("unknown topology");
  }
  double const value = topology->second(c.at("integrand").get<std::string>());
  double const expected = c.at("value").get<double>();
  return {relative_error({value}, {expected}),
          relative_error({static_cast<double>(static_cast<float>(value))}, {expected})};
}

// ---- the files ------------------------------------------------------------------------------------------------------

Json read(std::filesystem::path const& path) {
  std::ifstream file(path);
  if (!file) {
    throw std::runtime_error("cannot open " + path.string());
  }
  return Json::parse(file);
}

std::string shape_of(Json const& c) {
  std::string text;
  for (auto const& width : c.value("widths", Json::array())) {
    text += (text.empty() ? "" : "-") + std::to_string(width.get<long>());
  }
  return c.contains("integrand") ? c.at("integrand").get<std::string>() : text + " " + c.value("loss", "");
}

int check_file(std::filesystem::path const& path, std::function<Errors(Checks const&, Json const&)> const& check,
               int& cases) {
  int failed = 0;
  auto const file = read(path);
  if (!file.is_array() || file.empty()) {
    throw std::runtime_error(path.string() + " is not a list of cases");
  }
  for (auto const& c : file) {
    ++cases;
    auto const topology = c.value("topology", "?");
    auto const basis = c.value("basis", "");
    std::array<Errors, 2> errors;
    try {
      if (check == nullptr) {
        auto const both = check_integral(c);
        errors[0].add(both[0], 1e-12, "integral");
        errors[1].add(both[1], 1e-5, "integral");
      } else {
        auto const entry = known().find({topology, basis});
        if (entry == known().end()) {
          throw std::runtime_error("unknown topology and basis");
        }
        errors[0] = check(entry->second[0], c);
        errors[1] = check(entry->second[1], c);
      }
    } catch (std::exception const& e) {
      errors[0].failures = e.what();
    }
    bool const good = errors[0].failures.empty() && errors[1].failures.empty();
    failed += good ? 0 : 1;
    std::printf("%-4s %-9s %-17s %-21s %-24s double %.1e  float %.1e\n", good ? "ok" : "FAIL",
                path.stem().string().c_str(), topology.c_str(), basis.c_str(), shape_of(c).c_str(), errors[0].largest,
                errors[1].largest);
    if (!errors[0].failures.empty()) {
      std::printf("       double: %s\n", errors[0].failures.c_str());
    }
    if (!errors[1].failures.empty()) {
      std::printf("       float: %s\n", errors[1].failures.c_str());
    }
  }
  return failed;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: golden_check DIR\n  DIR holds basis.json, gram.json, integrals.json, networks.json\n");
    return 2;
  }
  try {
    std::filesystem::path const directory = argv[1];
    int cases = 0;
    int failed = 0;
    failed += check_file(
        directory / "basis.json", [](Checks const& k, Json const& c) { return k.basis(c); }, cases);
    failed += check_file(
        directory / "gram.json", [](Checks const& k, Json const& c) { return k.gram(c); }, cases);
    failed += check_file(directory / "integrals.json", nullptr, cases);
    failed += check_file(
        directory / "networks.json", [](Checks const& k, Json const& c) { return k.network(c); }, cases);
    std::printf("%d cases, %d failed\n", cases, failed);
    return failed == 0 ? 0 : 1;
  } catch (std::exception const& e) {
    std::fprintf(stderr, "golden_check: %s\n", e.what());
    return 2;
  }
}
