#pragma once

#include "record.hpp"

#include <filesystem>
#include <mutex>
#include <unordered_map>

namespace demo {

/// A file of records, a line each, that grows while trainings finish. What was written before is there again: a line
/// that a kill has cut short is taken off. Any thread, and any number of processes, may add.
class RecordFile {
 public:
  /// Throws wm::FileError where the file cannot be written, or has a line that is no record.
  explicit RecordFile(std::filesystem::path file);

  /// The record of that key, or null; it stays where it is.
  [[nodiscard]] Record const* find(std::string const& key) const;
  /// Adds a line, at once and as a whole.
  void add(Record const& record);
  [[nodiscard]] std::size_t size() const;

 private:
  std::filesystem::path file_;
  std::unordered_map<std::string, Record> records_;
  mutable std::mutex mutex_;
};

/// All records of a file, in order. Throws wm::FileError.
[[nodiscard]] std::vector<Record> read_records(std::filesystem::path const& file);

}  // namespace demo
