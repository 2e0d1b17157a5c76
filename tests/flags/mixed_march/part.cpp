// Defines PART, which is `older` or `newer`.

#include "part.hpp"

#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/functional/loss.hpp>

namespace {

wm::Contexts<wm::S1> contexts(wm::Index rows) { return wm::Contexts<wm::S1>::constant(wm::S1::degrees(20), rows); }

wm::Matrix<float> inputs(int rows, int columns) {
  return wm::Matrix<float>::NullaryExpr(rows, columns,
                                        [](wm::Index r, wm::Index c) { return 0.1F * static_cast<float>(r - c); });
}

double train(Model& model, wm::Matrix<float> given) {
  wm::GradientFlow flow{model, wm::MeanSquaredError{}, {.rate = 0.05}};
  auto const targets = inputs(static_cast<int>(given.rows()), 2);
  double loss = 0;
  for (int i = 0; i < 20; ++i) {
    loss = flow.step(given, contexts(given.rows()), targets).loss;
  }
  return loss;
}

}  // namespace

Part const PART{
    [] { return std::make_unique<Model>(wm::he_normal, wm::Seed{1}); },
    [](Model const& model) { return std::make_unique<wm::Metric>(model.basis()); },
    inputs,
    [](Model const& model, wm::Matrix<float> const& given) { return model.predict(given, contexts(given.rows())); },
    train,
    [](std::unique_ptr<Model> model, std::unique_ptr<wm::Metric> metric) {
      return metric->gram()(0, 0) + static_cast<double>(model->parameters().columns());
    }};
