#include "output.hpp"

#include <nlohmann/json.hpp>

namespace demo {

void Output::prepare() const {
  make_folder(folder);
  for (auto const& path : {report(), results(), model()}) {
    require_writable(path);
  }
  if (!json.empty()) {
    require_writable(json);
  }
}

std::string json_of(std::span<Summary const> summaries) {
  auto list = nlohmann::ordered_json::array();
  for (Summary const& one : summaries) {
    list.push_back({{"study", one.study->name},
                    {"contender", one.contender->name},
                    {"mean", one.mean},
                    {"std", one.spread},
                    {"seeds", one.seeds},
                    {"accuracies", one.accuracies},
                    {"last_losses", one.last_losses},
                    {"parameters", one.parameters},
                    {"multiply_adds", one.multiply_adds},
                    {"seconds", one.seconds}});
  }
  return list.dump(2) + '\n';
}

}  // namespace demo
