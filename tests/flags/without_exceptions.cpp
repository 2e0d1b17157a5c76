// Without exceptions and run-time types: training, files and inference work, and errors end the process, with the texts
// of the exceptions. Exits with 1 if one of them does not hold.

#include <wmanifold/io/checkpoint.hpp>
#include <wmanifold/io/model_file.hpp>
#include <wmanifold/wmanifold.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __cpp_exceptions
#error "expected -fno-exceptions"
#endif

namespace wm = wmanifold;

namespace {

using Model = wm::Manifold<wm::Ellipse, wm::Dense<2, 8>, wm::Tanh, wm::Dense<8, 2>>;

int wrong = 0;

void expect(bool holds, char const* what) {
  wrong += holds ? 0 : 1;
  if (!holds) {
    std::printf("expected: %s\n", what);
  }
}

void print_and_leave(wm::ErrorKind kind, char const* message) noexcept {
  std::fputs(message, stderr);
  _exit(10 + static_cast<int>(kind));
}

void print_and_return(wm::ErrorKind, char const* message) noexcept { std::fputs(message, stderr); }

struct End {
  int status;
  std::string text;
};

/// How a process of its own ends that makes this call.
template <class Call>
End end_of(Call const& call) {
  std::array<int, 2> ends{};
  expect(pipe(ends.data()) == 0, "a pipe");
  pid_t const child = fork();
  if (child == 0) {
    rlimit const no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    dup2(ends[1], STDERR_FILENO);
    call();
    _exit(0);
  }
  close(ends[1]);
  End end{0, {}};
  std::array<char, 512> part{};
  for (ssize_t size = 0; (size = read(ends[0], part.data(), part.size())) > 0;) {
    end.text.append(part.data(), static_cast<std::size_t>(size));
  }
  close(ends[0]);
  waitpid(child, &end.status, 0);
  return end;
}

/// Checks the text of an error, and its way to a handler of each kind and to none.
template <class Call>
void refuses(wm::ErrorKind kind, std::string const& text, Call const& call) {
  auto const [status, got] = end_of([&] {
    wm::set_error_handler(print_and_leave);
    call();
  });
  expect(WIFEXITED(status) && WEXITSTATUS(status) == 10 + static_cast<int>(kind), "the handler's exit status");
  expect(got == text, (text + ", got: " + got).c_str());
  auto const [after_return, same] = end_of([&] {
    wm::set_error_handler(print_and_return);
    call();
  });
  expect(WIFSIGNALED(after_return) && WTERMSIG(after_return) == SIGABRT && same == text, "abort behind a handler");
  auto const [by_default, printed] = end_of(call);
  expect(WIFSIGNALED(by_default) && WTERMSIG(by_default) == SIGABRT, "abort by default");
  expect(printed == text + '\n', "the text by default");
}

}  // namespace

int main() {
  Model model{wm::he_normal, wm::Seed{1}};
  wm::Matrix<float> const inputs = wm::Matrix<float>::Random(16, 2);
  wm::Matrix<float> const targets = wm::Matrix<float>::Random(16, 2);
  auto const contexts = wm::Contexts<wm::S1>::constant(wm::S1::degrees(30), 16);
  wm::GradientFlow flow{model, wm::MeanSquaredError{}, {.rate = 0.1}};
  double const before = flow.step(inputs, contexts, targets).loss;
  double after = before;
  for (int i = 0; i < 50; ++i) {
    after = flow.step(inputs, contexts, targets).loss;
  }
  expect(after < before, "training to lower the loss");

  auto const folder = std::filesystem::temp_directory_path() / ("wmanifold." + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  std::string const file = (folder / "model.safetensors").string();
  wm::save_model(file, model);
  Model const loaded = wm::load_model<Model>(file);
  expect(std::ranges::equal(loaded.parameters().numbers(), model.parameters().numbers()), "a model to return");
  expect(wm::load_any_model(file).inputs() == 2, "a model of a run-time type to return from its file");

  refuses(wm::ErrorKind::argument,
          "wmanifold: interval: expected s in [0, 1], got 2; Interval::clamped takes the nearest end",
          [] { static_cast<void>(wm::Interval::at(2)); });
  wm::Matrix<float> const infinite = wm::Matrix<float>::Constant(16, 2, 3e38F);
  refuses(wm::ErrorKind::numerical,
          "wmanifold: loss functional: expected a finite loss, got inf for sample 0 of 16; standardise inputs and "
          "targets, or lower the rate",
          [&] { flow.step(inputs, contexts, infinite); });
  refuses(wm::ErrorKind::file, "wmanifold: cannot open /nowhere/at/all: No such file or directory",
          [] { static_cast<void>(wm::load_model<Model>("/nowhere/at/all")); });
  // A refusal of the contents names the file, though the text of the layers is refused elsewhere.
  refuses(wm::ErrorKind::file,
          "wmanifold: a: expected layers, got 'dense 2' (wmanifold: dense layer: expected sizes of at least 1 that "
          "agree with the type, got 2 inputs and 0 outputs)",
          [] { static_cast<void>(wm::detail::layers_from("a", "dense 2")); });
  std::filesystem::remove_all(folder);
  std::printf("%d expectations failed\n", wrong);
  return wrong == 0 ? 0 : 1;
}
