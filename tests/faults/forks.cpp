// Children of a process that has used threads: passes and steps on one thread, and on several after the parent has
// given its threads back.

#include <wmanifold/wmanifold.hpp>

#include <support/batches.hpp>

#include <faults/tally.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <atomic>
#include <cstring>
#include <functional>
#include <thread>

namespace wm = wmanifold;

namespace {

using Model = wm::BasicManifold<float, wm::Ellipse, wm::LayerList>;

/// Steps that are large enough for two threads. Returns the bits of the parameters after them.
std::vector<float> trained() {
  wm::Index const samples = 96;
  Model model(wm::he_normal.spread(0.1), wm::Seed{1}, {}, {wm::Dense<>(128, 128), wm::Tanh{}, wm::Dense<>(128, 128)});
  wm::GradientFlow flow(model, wm::MeanSquaredError{}, wm::Adam{}, {.rate = 0.01});
  wm::Random random(wm::Seed{2});
  wm::Contexts<wm::S1> const contexts(wm::uniform_points<wm::S1>(samples, random));
  auto const inputs = support::matrix<float>(samples, 128, 3);
  auto const targets = support::matrix<float>(samples, 128, 4);
  for (int i = 0; i < 3; ++i) {
    flow.step(inputs, contexts, targets);
  }
  auto const numbers = model.parameters().numbers();
  return {numbers.begin(), numbers.end()};
}

/// Runs `body` in a child, for a minute at most.
bool in_child(std::function<bool()> const& body) {
  std::fflush(stdout);
  pid_t const child = fork();
  if (child == 0) {
    alarm(60);
    _exit(body() ? 0 : 1);
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool same(std::vector<float> const& a, std::vector<float> const& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

void set_threads([[maybe_unused]] int count) {
#ifdef _OPENMP
  omp_set_num_threads(count);
#endif
}

}  // namespace

int main() {
  faults::Tally tally("children of a process with threads");
  set_threads(2);
  auto const expected = trained();
  for (int i = 0; i < 5; ++i) {
    tally.count(in_child([&] {
                  set_threads(1);
                  return same(trained(), expected);
                }),
                "a child on one thread");
  }
#ifdef _OPENMP
  for (int i = 0; i < 5; ++i) {
    tally.count(same(trained(), expected), "the parent, between children");
    omp_pause_resource_all(omp_pause_hard);
    tally.count(in_child([&] {
                  set_threads(2);
                  return same(trained(), expected);
                }),
                "a child on two threads, after the parent gave its own back");
  }
#endif
  set_threads(2);
  tally.count(same(trained(), expected), "the parent, after its children");

  // A walker whose controlling thread is running while the process forks: the child is both threads.
  auto const model = std::make_shared<Model const>(wm::he_normal, wm::Seed{1}, wm::Ellipse{},
                                                   wm::LayerList{wm::Dense<>(1, 4), wm::Tanh{}, wm::Dense<>(4, 1)});
  wm::Walker walker(model, wm::S1::degrees(0), {.speed = 0.01});
  std::atomic<bool> goes_on = true;
  std::thread control([&] {
    for (int i = 0; goes_on; ++i) {
      walker.set_target(wm::S1::degrees(i % 360));
    }
  });
  std::vector<float> x(256, 0.5F);
  std::vector<float> y(256);
  for (int i = 0; i < 5; ++i) {
    walker.process(x, 1, y);
    tally.count(in_child([&] {
                  wm::Walker own(model, walker.context(), {.speed = 0.01});
                  own.set_target(wm::S1::degrees(90));
                  for (int n = 0; n < 100; ++n) {
                    own.process(x, 1, y);
                  }
                  return own.context() == wm::S1::degrees(90);
                }),
                "a child that walks on");
  }
  goes_on = false;
  control.join();
  return tally.report() ? 0 : 1;
}
