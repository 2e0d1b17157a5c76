#pragma once

#include <string>
#include <string_view>

#include <cstdio>
#include <sys/wait.h>
#include <unistd.h>

namespace flags {

/// Runs each pass in a process of its own and reports those that die.
class Children {
 public:
  template <class Pass>
  void run(std::string_view what, std::string_view pass, Pass const& body) {
    ++count_;
    std::fflush(stdout);
    pid_t const child = fork();
    if (child == 0) {
      body();
      _exit(0);
    }
    int status = 0;
    bool const is_over = child > 0 && waitpid(child, &status, 0) == child;
    if (is_over && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
      return;
    }
    ++dead_;
    std::printf("%s, %s: %s %d\n", std::string(what).c_str(), std::string(pass).c_str(),
                WIFSIGNALED(status) ? "killed by signal" : "exit status",
                WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
  }

  [[nodiscard]] int status() const {
    std::printf("%d of %d passes died\n", dead_, count_);
    return dead_ == 0 && count_ > 0 ? 0 : 1;
  }

 private:
  int count_ = 0;
  int dead_ = 0;
};

}  // namespace flags
