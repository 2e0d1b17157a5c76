#pragma once

#include <map>
#include <string>
#include <vector>

namespace demo {

/// The state of a training after an epoch.
struct Look {
  double seconds = 0;     ///< of training alone
  double loss = 0;        ///< mean of the epoch's batches, each before its step
  double validation = 0;  ///< score
};

/// One training and its scores: a line of JSON in a file of records.
struct Record {
  std::string study;
  std::string setting;
  std::string contender;
  std::string optimiser;
  double rate = 0;
  std::string budget;  ///< short or long
  unsigned seed = 0;   ///< 0: tuning
  std::string sizes;   ///< as Sizes::text
  std::string version;

  double validation = 0;                                ///< score, of the network that is kept
  std::map<std::string, double> scores;                 ///< of each test, by its name
  std::map<std::string, std::vector<double>> profiles;  ///< likewise, bin by bin; NaN where a bin is empty
  long long parameters = 0;
  long long multiply_adds = 0;
  long long moving_multiply_adds = 0;
  std::vector<long long> hidden;
  bool has_failed = false;  ///< left the range of numbers; the scores are those of its last network
  double seconds = 0;       ///< training and validation
  std::vector<Look> looks;  ///< after each epoch

  /// Returns the parameters that decide a training: two records with the same key are the same.
  [[nodiscard]] std::string key() const;
};

/// Returns one line, without its end.
[[nodiscard]] std::string json_of(Record const& record);
/// Reads a line. Throws wm::FileError, with `where`, if the text is no record.
[[nodiscard]] Record record_of(std::string const& line, std::string const& where);

}  // namespace demo
