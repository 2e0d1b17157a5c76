#pragma once

#include "record.hpp"

#include <filesystem>
#include <mutex>
#include <unordered_map>

namespace demo {

/// A file of records, a line each, that grows while trainings finish. It starts with the earlier records, without a
/// last line that a kill cut short. Any thread, and any number of processes, may add.
class RecordFile {
 public:
  /// Throws wm::FileError if the file cannot be written, or has a line that is no record.
  explicit RecordFile(std::filesystem::path file);

  /// Returns the record of that key, or null. The record stays in place.
  [[nodiscard]] Record const* find(std::string const& key) const;
  /// Adds a whole line at once.
  void add(Record const& record);
  [[nodiscard]] std::size_t size() const;

 private:
  std::filesystem::path file_;
  std::unordered_map<std::string, Record> records_;
  mutable std::mutex mutex_;
};

/// Returns all records of a file, in order. Throws wm::FileError.
[[nodiscard]] std::vector<Record> read_records(std::filesystem::path const& file);

}  // namespace demo
