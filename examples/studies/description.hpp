#pragma once

#include "study.hpp"

#include <filesystem>
#include <map>

namespace demo {

/// Facts about a study that a report needs beside the records.
struct Description {
  struct TestText {
    std::string name;
    std::string title;
    std::string profile_label;  ///< empty where there is none
    std::vector<double> edges;
    bool is_unseen = false;
  };
  struct SettingText {
    std::string name;
    std::string title;
    std::string sizes;
    std::string rehearsal;  ///< name of the setting in which candidates are compared
    std::map<std::string, std::vector<std::string>> candidates;  ///< this setting's, by the name of their contender
    double x = 0;                                                ///< NaN if it is in no series
    std::vector<TestText> tests;
  };
  struct CandidateText {
    std::string name;
    std::string title;
  };
  struct ContenderText {
    std::string name;
    std::string title;
    bool is_ceiling = false;
    bool in_plots = false;
    bool is_rival = false;
    std::vector<CandidateText> candidates;
  };

  std::string name;
  std::string title;
  std::string text;
  std::string space;
  bool has_labels = true;
  std::string series;  ///< label; empty where there is none
  bool is_log = false;
  bool has_curves = false;  ///< whether the loss is drawn against epochs and seconds
  std::string version;
  std::vector<SettingText> settings;
  std::vector<ContenderText> contenders;
};

[[nodiscard]] Description description_of(Study const& study);
[[nodiscard]] std::string json_of(Description const& description);
/// Reads a description. Throws wm::FileError.
[[nodiscard]] Description read_description(std::filesystem::path const& file);

}  // namespace demo
