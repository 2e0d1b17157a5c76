// Passes objects between libraries that were compiled for different processors. Exits with 1 where a library's results
// depend on the other; a wrong release ends the process.

#include "part.hpp"

#include <cstdio>
#include <utility>

int main() {
  int wrong = 0;
  for (Part const* maker : {&older, &newer}) {
    for (Part const* user : {&older, &newer}) {
      auto model = maker->model();
      double const loss = user->train(*model, maker->inputs(37, 3));
      wm::Matrix<float> outputs = user->predict(*model, maker->inputs(50, 3));
      auto const own = user->model();
      bool const same =
          loss == user->train(*own, user->inputs(37, 3)) && outputs == user->predict(*own, user->inputs(50, 3));
      outputs = maker->predict(*own, user->inputs(60, 3));
      auto metric = maker->metric(*model);
      bool const released = user->release(std::move(model), std::move(metric)) > 1;
      wrong += same && released ? 0 : 1;
      std::printf("%.9g %.9g: %s\n", loss, static_cast<double>(outputs(3, 1)), same ? "the same" : "DIFFERS");
    }
  }
  return wrong == 0 ? 0 : 1;
}
