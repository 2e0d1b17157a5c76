#pragma once

#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/metric/metric.hpp>

#include <memory>

namespace wm = wmanifold;

using Model = wm::Manifold<wm::Ellipse, wm::Dense<3, 8>, wm::Tanh, wm::Dense<8, 2>>;

/// The same functions in two libraries, compiled for different processors. Objects that one makes, the other uses and
/// releases.
struct Part {
  std::unique_ptr<Model> (*model)();
  std::unique_ptr<wm::Metric> (*metric)(Model const& model);
  wm::Matrix<float> (*inputs)(int rows, int columns);
  wm::Matrix<float> (*predict)(Model const& model, wm::Matrix<float> const& inputs);
  double (*train)(Model& model, wm::Matrix<float> inputs);
  double (*release)(std::unique_ptr<Model> model, std::unique_ptr<wm::Metric> metric);
};

extern Part const older;
extern Part const newer;
