#include "record.hpp"

#include "text.hpp"

#include <wmanifold/core/error.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <iomanip>

namespace demo {
namespace {

using Json = nlohmann::ordered_json;

/// Returns a number with no more digits than needed: records are many.
Json number(double value) {
  if (!std::isfinite(value)) {
    return nullptr;
  }
  return value == 0 ? 0.0 : decimal_number(joined(std::setprecision(6), value)).value_or(value);
}

double number(Json const& value) { return value.is_null() ? NAN : value.get<double>(); }

template <class Range, class Make>
Json list(Range const& range, Make const& make) {
  Json all = Json::array();
  for (auto const& item : range) {
    all.push_back(make(item));
  }
  return all;
}

}  // namespace

std::string Record::key() const {
  return joined(study, '|', setting, '|', contender, '|', optimiser, '|', std::setprecision(6), rate, '|', budget, '|',
                seed, '|', sizes, '|', version);
}

std::string json_of(Record const& r) {
  Json json{{"study", r.study},         {"setting", r.setting},
            {"contender", r.contender}, {"optimiser", r.optimiser},
            {"rate", number(r.rate)},   {"budget", r.budget},
            {"seed", r.seed},           {"sizes", r.sizes},
            {"version", r.version},     {"validation", number(r.validation)}};
  for (auto const& [name, score] : r.scores) {
    json["scores"][name] = number(score);
  }
  for (auto const& [name, profile] : r.profiles) {
    json["profiles"][name] = list(profile, [](double x) { return number(x); });
  }
  json["parameters"] = r.parameters;
  json["multiply_adds"] = r.multiply_adds;
  json["moving_multiply_adds"] = r.moving_multiply_adds;
  json["hidden"] = r.hidden;
  json["has_failed"] = r.has_failed;
  json["seconds"] = number(r.seconds);
  json["looks"] = list(r.looks, [](Look const& look) {
    return Json{number(look.seconds), number(look.loss), number(look.validation)};
  });
  return json.dump();
}

Record record_of(std::string const& line, std::string const& where) {
  try {
    Json const json = Json::parse(line);
    Record r;
    json.at("study").get_to(r.study);
    json.at("setting").get_to(r.setting);
    json.at("contender").get_to(r.contender);
    json.at("optimiser").get_to(r.optimiser);
    r.rate = number(json.at("rate"));
    json.at("budget").get_to(r.budget);
    json.at("seed").get_to(r.seed);
    json.at("sizes").get_to(r.sizes);
    json.at("version").get_to(r.version);
    r.validation = number(json.at("validation"));
    if (json.contains("scores")) {
      for (auto const& [name, score] : json.at("scores").items()) {
        r.scores[name] = number(score);
      }
    }
    if (json.contains("profiles")) {
      for (auto const& [name, profile] : json.at("profiles").items()) {
        for (Json const& score : profile) {
          r.profiles[name].push_back(number(score));
        }
      }
    }
    json.at("parameters").get_to(r.parameters);
    json.at("multiply_adds").get_to(r.multiply_adds);
    json.at("moving_multiply_adds").get_to(r.moving_multiply_adds);
    json.at("hidden").get_to(r.hidden);
    json.at("has_failed").get_to(r.has_failed);
    r.seconds = number(json.at("seconds"));
    for (Json const& look : json.at("looks")) {
      r.looks.push_back({number(look.at(0)), number(look.at(1)), number(look.at(2))});
    }
    return r;
  } catch (nlohmann::json::exception const& e) {
    wmanifold::fail<wmanifold::FileError>(where, ": expected a record of a training, got something else (", e.what(),
                                          "); name another folder if an older program wrote these records");
  }
}

}  // namespace demo
