#include "description.hpp"

#include "candidates.hpp"

#include <wmanifold/core/error.hpp>
#include <wmanifold/version.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

namespace demo {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

Description description_of(Study const& study) {
  Description d;
  d.name = study.name;
  d.title = study.title;
  d.text = study.text;
  d.space = name_of(study.space);
  d.has_labels = study.material->has_labels();
  d.series = study.series ? study.series->label : "";
  d.is_log = study.series && study.series->is_log;
  d.has_curves = study.has_curves;
  d.version = wmanifold::version;
  for (Setting const& setting : study.settings) {
    Description::SettingText text{setting.name,
                                  setting.title,
                                  setting.sizes.text(*study.material),
                                  rehearsal_of(setting).name,
                                  {},
                                  setting.x.value_or(NAN),
                                  {}};
    for (Test const& test : setting.tests) {
      text.tests.push_back({test.name, test.title, test.profile ? test.profile->label : "",
                            test.profile ? test.profile->edges : std::vector<double>{}, test.is_unseen});
    }
    for (Contender const& contender : study.contenders) {
      for (Contender const& candidate : contender.candidates) {
        if (is_candidate(candidate, setting)) {
          text.candidates[contender.name].push_back(candidate.name);
        }
      }
    }
    d.settings.push_back(std::move(text));
  }
  for (Contender const& contender : study.contenders) {
    d.contenders.push_back(
        {contender.name, contender.title, contender.is_ceiling, contender.in_plots, contender.is_rival, {}});
    for (Contender const& candidate : contender.candidates) {
      d.contenders.back().candidates.push_back({candidate.name, candidate.title});
    }
  }
  return d;
}

std::string json_of(Description const& d) {
  Json json{{"name", d.name},     {"title", d.title},           {"text", d.text},
            {"space", d.space},   {"has_labels", d.has_labels}, {"series", d.series},
            {"is_log", d.is_log}, {"has_curves", d.has_curves}, {"version", d.version}};
  for (auto const& setting : d.settings) {
    Json tests = Json::array();
    for (auto const& test : setting.tests) {
      tests.push_back({{"name", test.name},
                       {"title", test.title},
                       {"profile", test.profile_label},
                       {"edges", test.edges},
                       {"is_unseen", test.is_unseen}});
    }
    json["settings"].push_back({{"name", setting.name},
                                {"title", setting.title},
                                {"sizes", setting.sizes},
                                {"rehearsal", setting.rehearsal},
                                {"candidates", setting.candidates},
                                {"x", std::isfinite(setting.x) ? Json(setting.x) : Json(nullptr)},
                                {"tests", tests}});
  }
  for (auto const& contender : d.contenders) {
    Json candidates = Json::array();
    for (auto const& candidate : contender.candidates) {
      candidates.push_back({{"name", candidate.name}, {"title", candidate.title}});
    }
    json["contenders"].push_back({{"name", contender.name},
                                  {"title", contender.title},
                                  {"is_ceiling", contender.is_ceiling},
                                  {"in_plots", contender.in_plots},
                                  {"is_rival", contender.is_rival},
                                  {"candidates", candidates}});
  }
  return json.dump(1) + '\n';
}

Description read_description(std::filesystem::path const& file) {
  try {
    std::ifstream in(file);
    Json const json = Json::parse(in);
    Description d;
    json.at("name").get_to(d.name);
    json.at("title").get_to(d.title);
    json.at("text").get_to(d.text);
    json.at("space").get_to(d.space);
    json.at("has_labels").get_to(d.has_labels);
    json.at("series").get_to(d.series);
    json.at("is_log").get_to(d.is_log);
    json.at("has_curves").get_to(d.has_curves);
    json.at("version").get_to(d.version);
    for (Json const& setting : json.at("settings")) {
      Description::SettingText text;
      setting.at("name").get_to(text.name);
      setting.at("title").get_to(text.title);
      setting.at("sizes").get_to(text.sizes);
      setting.at("rehearsal").get_to(text.rehearsal);
      setting.at("candidates").get_to(text.candidates);
      text.x = setting.at("x").is_null() ? NAN : setting.at("x").get<double>();
      for (Json const& test : setting.at("tests")) {
        text.tests.push_back({test.at("name").get<std::string>(), test.at("title").get<std::string>(),
                              test.at("profile").get<std::string>(), test.at("edges").get<std::vector<double>>(),
                              test.at("is_unseen").get<bool>()});
      }
      d.settings.push_back(std::move(text));
    }
    for (Json const& contender : json.at("contenders")) {
      d.contenders.push_back({contender.at("name").get<std::string>(),
                              contender.at("title").get<std::string>(),
                              contender.at("is_ceiling").get<bool>(),
                              contender.at("in_plots").get<bool>(),
                              contender.at("is_rival").get<bool>(),
                              {}});
      for (Json const& candidate : contender.at("candidates")) {
        d.contenders.back().candidates.push_back(
            {candidate.at("name").get<std::string>(), candidate.at("title").get<std::string>()});
      }
    }
    return d;
  } catch (nlohmann::json::exception const& e) {
    wmanifold::fail<wmanifold::FileError>(file.string(), ": expected the description of a study, got something else (",
                                          e.what(), ')');
  }
}

}  // namespace demo
