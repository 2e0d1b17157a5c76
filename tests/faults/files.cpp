// Files that are cut off, changed, written at the same time, or written where there is no room.
//   files [every]    changes every bit, not every 64th and one in each byte of the header; and so on

#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/flow/adam.hpp>
#include <wmanifold/io/checkpoint.hpp>
#include <wmanifold/io/network_file.hpp>
#include <wmanifold/network/layer_list.hpp>

#include <faults/folder.hpp>
#include <faults/tally.hpp>
#include <support/locales.hpp>

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <clocale>
#include <csignal>
#include <functional>
#include <string_view>
#include <vector>

namespace wm = wmanifold;
namespace fs = std::filesystem;

namespace {

using faults::bytes_of;
using faults::Folder;
using faults::put;
using faults::Tally;

using Model = wm::BasicManifold<float, wm::Ellipse, wm::LayerList>;

wm::LayerList layers() { return {wm::Dense<>(3, 6), wm::Tanh{}, wm::LowRankDense<>(6, 4, 2), wm::Dense<>(4, 2)}; }
Model model_of(std::uint64_t seed) { return Model(wm::he_normal.spread(0.3), wm::Seed{seed}, {}, layers()); }

wm::ModelNotes const notes{
    .metadata = {{"made by", "a test"}}, .input_scaling = {{0.5, 2}, {0, 1.5}, {-0.25, 1024.5}}, .knob_ranges = {}};

/// Returns the message of the FileError of a call, or nothing if it ends without one.
std::string error_of(std::function<void()> const& call) {
  try {
    call();
  } catch (wm::FileError const& error) {
    return error.what();
  }
  return {};
}

/// Returns whether a message names the file and what is wrong.
bool explains(std::string const& message, fs::path const& path) {
  return message.find(path.string()) != std::string::npos &&
         message.find_first_of("abcdefghijklmnopqrstuvwxyz", message.find(path.string()) + path.string().size()) !=
             std::string::npos;
}

/// A training, to be saved and loaded.
struct Training {
  Model model = model_of(1);
  wm::GradientFlow<Model, wm::MeanSquaredError, wm::Adam> flow{model, {}, wm::Adam{}, {.rate = 0.01}};
  wm::Progress progress{.random = {{"batches", wm::Random{wm::Seed{2}}}}, .numbers = {{"best", 1024.5}}};

  Training() = default;
  Training(Training const&) = delete;

  void step() {
    wm::Matrix<float> const inputs = wm::Matrix<float>::Constant(4, 3, 0.5F);
    flow.step(inputs, wm::Contexts<wm::S1>(wm::uniform_points<wm::S1>(4, progress.random.at("batches"))),
              wm::Matrix<float>(wm::Matrix<float>::Ones(4, 2)));
    progress.numbers.at("best") /= 3;
  }
  void save(fs::path const& path) const { wm::save_checkpoint(path, model, flow, progress); }
  void load(fs::path const& path) { wm::load_checkpoint(path, model, flow, progress); }
  [[nodiscard]] bool is(Training const& other) const {
    return model == other.model && flow.state() == other.flow.state() && progress == other.progress;
  }
};

/// A kind of file. `load` throws FileError, or returns whether it has loaded what was saved; if it throws, it also
/// compares all that it could have changed.
struct Kind {
  char const* name;
  std::function<void(fs::path const&)> save;
  std::function<bool(fs::path const&)> load;
};

std::vector<Kind> kinds() {
  auto const training = std::make_shared<Training>();
  training->step();
  auto const other = std::make_shared<Training>();  // is loaded into
  auto const untouched = std::make_shared<Training>();
  for (auto const& one : {other, untouched}) {
    one->step();
    one->step();
  }
  return {
      {"model file", [](fs::path const& path) { wm::save_model(path, model_of(1), notes); },
       [](fs::path const& path) { return wm::load_model<Model>(path) == model_of(1); }},
      {"model file of any type", [](fs::path const& path) { wm::save_model(path, model_of(1)); },
       [](fs::path const& path) {
         auto const s = wm::S1::degrees(40);
         wm::Matrix<float> const got = wm::load_any_model(path).at(s.coordinates()).weight(1);
         wm::Matrix<float> const expected = model_of(1).at(s).weight(1);
         return got == expected;
       }},
      {"network file", [](fs::path const& path) { wm::save_network(path, model_of(1).at(wm::S1::degrees(10)), notes); },
       [](fs::path const& path) {
         auto const file = wm::read_safetensors(path);
         wm::detail::require_checksum(path.string(), file);
         auto const network = model_of(1).at(wm::S1::degrees(10));
         wm::Matrix<float> const first = network.weight(0), last = network.weight(2);
         auto const holds = [&](char const* tensor, wm::Matrix<float> const& weight) {
           auto const& numbers = std::get<std::vector<float>>(file.tensors.at(tensor).numbers);
           return std::equal(numbers.begin(), numbers.end(), weight.data(), weight.data() + weight.size());
         };
         return holds("0.weight", first) && holds("3.weight", last);
       }},
      {"checkpoint", [training](fs::path const& path) { training->save(path); },
       [training, other, untouched](fs::path const& path) {
         try {
           other->load(path);
         } catch (wm::FileError const&) {
           if (!other->is(*untouched)) {
             return false;
           }
           throw;
         }
         bool const loaded = other->is(*training);
         Folder const folder;  // back, for the next call
         untouched->save(folder.path / "untouched");
         other->load(folder.path / "untouched");
         return loaded;
       }},
  };
}

/// Loads files that are cut off, and files with one bit changed.
bool damage(bool every) {
  Tally cuts("files cut off");
  Tally bits("bits changed");
  for (auto const& kind : kinds()) {
    Folder const folder;
    auto const path = folder.path / "file";
    kind.save(path);
    std::string const whole = bytes_of(path);
    std::uint64_t header = 0;
    std::memcpy(&header, whole.data(), sizeof header);
    auto const attempt = [&](Tally& tally, std::string const& bytes, bool may_load, std::string const& what) {
      put(path, bytes);
      bool is_equal = false;
      auto const message = error_of([&] { is_equal = kind.load(path); });
      bool const survived = message.empty() ? may_load && is_equal : explains(message, path);
      tally.count(survived, std::string(kind.name) + ", " + what + ": " + (message.empty() ? "loaded" : message));
    };
    for (std::size_t size = 0; size < whole.size(); ++size) {
      attempt(cuts, whole.substr(0, size), false, "size " + std::to_string(size));
    }
    // Every 64th bit, and a bit in each byte of the header; all bits if every one is asked for.
    std::size_t const step = every ? 1 : 64;
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
      bool const of_header = bit / 8 < header + 8 && bit % 8 == (bit / 8 * 3) % 8;
      if (bit % step == 0 || of_header) {
        std::string changed = whole;
        changed[bit / 8] = static_cast<char>(static_cast<unsigned char>(changed[bit / 8]) ^ (1U << bit % 8));
        attempt(bits, changed, true, "bit " + std::to_string(bit));
      }
    }
  }
  bool const cuts_survived = cuts.report();
  return bits.report() && cuts_survived;
}

/// Runs `body` in a process of its own. Returns whether it returned true within two minutes.
bool in_child(std::function<bool()> const& body) {
  std::fflush(stdout);
  pid_t const child = fork();
  if (child == 0) {
    alarm(120);
    bool ended = false;
    try {
      ended = body();
    } catch (std::exception const& error) {
      std::printf("error: %s\n", error.what());
    }
    std::fflush(stdout);
    _exit(ended ? 0 : 1);
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Saves where it cannot succeed. Checks the error, the earlier file, and that nothing else is left in the folder.
void refuse(Tally& tally, Kind const& kind, fs::path const& path, std::string const& before, long entries,
            std::string const& what) {
  auto const message = error_of([&] { kind.save(path); });
  bool survived = explains(message, path);
  if (entries >= 0) {
    survived = survived && bytes_of(path) == before &&
               std::distance(fs::directory_iterator(path.parent_path()), {}) == entries;
  }
  tally.count(survived, std::string(kind.name) + ", " + what + ": " + (message.empty() ? "no error" : message));
}

/// Writes with too little room: a limit of the process on the size of files, and a small disk.
bool no_room(bool every) {
  Tally tally("writes without room");
  std::signal(SIGXFSZ, SIG_IGN);
  for (auto const& kind : kinds()) {
    Folder const folder;
    auto const path = folder.path / "file";
    kind.save(path);
    auto const size = fs::file_size(path);
    wm::save_model(path, model_of(2));  // the earlier file
    std::string const before = bytes_of(path);
    ::rlimit old{};
    ::getrlimit(RLIMIT_FSIZE, &old);
    for (std::uintmax_t room = 0; room < size; room += every ? 1 : 101) {
      ::rlimit limit = old;
      limit.rlim_cur = room;
      ::setrlimit(RLIMIT_FSIZE, &limit);
      auto const message = error_of([&] { kind.save(path); });
      ::setrlimit(RLIMIT_FSIZE, &old);
      tally.count(explains(message, path) && bytes_of(path) == before && folder.entries() == 1,
                  std::string(kind.name) + ", limit " + std::to_string(room) + ": " + message);
    }

    // A disk of 64 KB, filled up to a few bytes of room.
    Folder const disk;
    if (::mount("tmpfs", disk.path.c_str(), "tmpfs", 0, "size=64k,mode=777") != 0) {
      std::printf("skipped: a full disk, which needs root's right to mount\n");
      continue;
    }
    auto const there = disk.path / "file";
    wm::save_model(there, model_of(2));
    put(disk.path / "filler", std::string(std::size_t{1} << 20, 'x'));  // as much as there is room for
    refuse(tally, kind, there, before, 2, "a full disk");
    fs::resize_file(disk.path / "filler", fs::file_size(disk.path / "filler") - 4096);
    if (size > 4096) {
      refuse(tally, kind, there, before, 2, "a disk with room for a page");
    }
    ::mount("tmpfs", disk.path.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=64k");
    refuse(tally, kind, there, before, 2, "a disk that may only be read");
    refuse(tally, kind, disk.path / "new", "", -1, "a new file on a disk that may only be read");
    ::umount(disk.path.c_str());
  }
  return tally.report();
}

/// Writes to paths where no file can be.
bool no_place() {
  Tally tally("writes to a wrong place");
  for (auto const& kind : kinds()) {
    Folder const folder;
    auto const path = folder.path / "file";
    wm::save_model(path, model_of(2));
    std::string const before = bytes_of(path);
    refuse(tally, kind, folder.path, "", -1, "a folder");
    refuse(tally, kind, path / "file", "", -1, "a folder that is a file");
    refuse(tally, kind, folder.path / "none" / "file", "", -1, "a folder that does not exist");
    refuse(tally, kind, folder.path / std::string(300, 'n'), "", -1, "a name that is too long");
    refuse(tally, kind, "/dev/full", "", -1, "a device");
    fs::create_symlink("/dev/full", folder.path / "full");
    refuse(tally, kind, folder.path / "full", "", -1, "a link to a device");
    fs::remove(folder.path / "full");
    tally.count(bytes_of(path) == before && folder.entries() == 1, "the files beside are as they were");

    // A folder without the right to write. Root may write there, so a child becomes a user.
    fs::permissions(folder.path,
                    fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read | fs::perms::others_exec);
    fs::permissions(path, fs::perms::all);
    bool const refused = in_child([&] {
      if (::getuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) {
        return false;
      }
      auto const message = error_of([&] { kind.save(path); });
      return explains(message, path) && message.find("Permission denied") != std::string::npos;
    });
    tally.count(refused && bytes_of(path) == before && folder.entries() == 1,
                std::string(kind.name) + ", a folder that may only be read");
    fs::permissions(folder.path, fs::perms::owner_all);
  }
  return tally.report();
}

/// Lets two programs write one file, while a third one reads it.
bool writers(bool every) {
  Tally tally("files read while two programs write them");
  Folder const folder;
  auto const path = folder.path / "file";
  std::array const models{model_of(1), model_of(2)};
  wm::save_model(path, models[0]);
  auto const stop = folder.path / "stop";
  std::array<pid_t, 2> children{};
  for (std::size_t i = 0; i < 2; ++i) {
    children[i] = fork();
    if (children[i] == 0) {
      alarm(120);
      auto const message = error_of([&] {
        while (!fs::exists(stop)) {
          wm::save_model(path, models[i]);
        }
      });
      if (!message.empty()) {
        std::printf("a writer: %s\n", message.c_str());
        std::fflush(stdout);
      }
      _exit(message.empty() ? 0 : 1);
    }
  }
  std::array<int, 2> seen{};
  int const reads = every ? 2000 : 200;
  for (int i = 0; i < 20 * reads && (i < reads || seen[0] == 0 || seen[1] == 0); ++i) {
    bool is_whole = false;
    auto const message = error_of([&] {
      auto const got = wm::load_model<Model>(path);
      seen[0] += got == models[0] ? 1 : 0;
      seen[1] += got == models[1] ? 1 : 0;
      is_whole = got == models[0] || got == models[1];
    });
    tally.count(is_whole, message.empty() ? "another model" : message);
  }
  put(stop, "");
  for (pid_t const child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    tally.count(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a writer");
  }
  tally.count(seen[0] > 0 && seen[1] > 0, "both programs' files were read");
  tally.count(folder.entries() == 2, "no other file is left");
  return tally.report();
}

/// Writes and reads under locales with decimal commas.
bool locales() {
  Tally tally("files and texts under decimal commas");
  struct Way {
    std::string name;
    std::function<bool()> begin;
    std::function<void()> end;
  };
  auto const grouping = std::make_shared<std::unique_ptr<support::GroupingLocale>>();
  std::vector<Way> ways{{"C++",
                         [grouping] {
                           *grouping = std::make_unique<support::GroupingLocale>();
                           return true;
                         },
                         [grouping] { grouping->reset(); }}};
  for (char const* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"}) {
    ways.push_back({std::string("C, ") + name,
                    [name] {  // the system's reasons stay in English
                      return std::setlocale(LC_ALL, name) != nullptr && std::setlocale(LC_MESSAGES, "C") != nullptr;
                    },
                    [] { std::setlocale(LC_ALL, "C"); }});
  }
  bool has_c = false;
  for (auto const& way : ways) {
    for (auto const& kind : kinds()) {
      Folder const folder;
      auto const path = folder.path / "file";
      kind.save(path);
      std::string const classic = bytes_of(path);
      std::string const text = wm::detail::layers_text(model_of(1).stack());
      auto const scaling = wm::read_notes(path).input_scaling;
      auto const message_of = [&] { return error_of([&] { (void)wm::load_model<Model>(folder.path / "no, such"); }); };
      auto const number = [] {
        try {
          wm::fail("got ", 1024.5, ", ", 100000);
        } catch (wm::ArgumentError const& error) {
          return std::string(error.what());
        }
      };
      std::string const message = message_of();
      std::string const numbers = number();
      if (!way.begin()) {
        break;
      }
      has_c = has_c || way.name != "C++";
      auto const check = [&](bool same, char const* what) {
        tally.count(same, way.name + ", " + kind.name + ", " + what);
      };
      kind.save(folder.path / "again");
      check(bytes_of(folder.path / "again") == classic, "written");
      bool loaded = false;
      auto const error = error_of([&] { loaded = kind.load(path); });
      check(loaded, error.c_str());
      check(wm::detail::layers_text(model_of(1).stack()) == text, "text of layers");
      check(wm::read_notes(path).input_scaling == scaling, "notes");
      check(message_of() == message && number() == numbers, "messages");
      way.end();
    }
  }
  if (!has_c) {
    std::printf("skipped: C's locale, as there is none with decimal commas (LOCPATH; scripts/faults.sh makes one)\n");
  }
  return tally.report();
}

}  // namespace

int main(int count, char** arguments) {
  bool const every = count > 1 && std::string_view(arguments[1]) == "every";
  bool survived = writers(every);  // first: it forks
  survived = damage(every) && survived;
  survived = no_room(every) && survived;
  survived = no_place() && survived;
  survived = locales() && survived;
  return survived ? 0 : 1;
}
