#include "record_file.hpp"

#include "text.hpp"

#include <wmanifold/core/error.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

namespace demo {
namespace {

namespace fs = std::filesystem;

/// Removes a last line that has no end.
void mend(fs::path const& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return;
  }
  std::uintmax_t whole = 0;
  std::uintmax_t at = 0;
  for (std::string line; std::getline(in, line);) {
    at += line.size() + 1;
    whole = in.eof() ? whole : at;
  }
  in.close();
  if (std::error_code ignored; fs::file_size(file, ignored) > whole) {
    fs::resize_file(file, whole);
  }
}

}  // namespace

std::vector<Record> read_records(fs::path const& file) {
  std::vector<Record> all;
  std::ifstream in(file, std::ios::binary);
  int number = 0;
  for (std::string line; std::getline(in, line) && !in.eof();) {
    all.push_back(record_of(line, joined(file.string(), ", line ", ++number)));
  }
  return all;
}

RecordFile::RecordFile(fs::path file) : file_(std::move(file)) {
  mend(file_);
  for (Record& record : read_records(file_)) {
    auto key = record.key();
    records_.insert_or_assign(std::move(key), std::move(record));
  }
}

Record const* RecordFile::find(std::string const& key) const {
  std::scoped_lock const lock(mutex_);
  auto const found = records_.find(key);
  return found == records_.end() ? nullptr : &found->second;
}

void RecordFile::add(Record const& record) {
  std::string const line = json_of(record) + '\n';
  std::scoped_lock const lock(mutex_);
  // One write to a file opened for appending: the whole line lands behind all others.
  int const descriptor = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  bool const is_written =
      descriptor >= 0 && ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  bool const is_closed = descriptor >= 0 && ::close(descriptor) == 0;
  if (!is_written || !is_closed) {
    wmanifold::fail<wmanifold::FileError>(file_.string(), ": expected a writable file, got another");
  }
  records_.insert_or_assign(record.key(), record);
}

std::size_t RecordFile::size() const {
  std::scoped_lock const lock(mutex_);
  return records_.size();
}

}  // namespace demo
