#include <properties/passes.hpp>
#include <properties/threads.hpp>

#include <properties/holds.hpp>
#include <properties/generate.hpp>

using namespace properties;

TEST_CASE("a linear network is linear in its parameters") {
  holds<LinearInParameters>(cases(any_basis(), {.layers = 1, .width = 40, .linear = true}));
}

TEST_CASE("a permutation of the batch permutes outputs and leaves the gradient") {
  holds<PermutedBatch>(cases(any_basis()));
}

TEST_CASE("a batch in two parts is the whole batch") { holds<SplitBatch>(cases(any_basis())); }

TEST_CASE("contexts mixed by groups, per sample and one by one give the numbers of plain loops") {
  holds<MixedByGroups>(cases(any_basis(), {.layers = 2, .width = 90, .groups = 10, .group = 20}), 0.2);
  holds<MixedByGroups>(cases(any_basis()));
}

TEST_CASE("the number of threads changes no bit") {
  holds<ThreadsChangeNoBit>(cases(any_basis(), {.layers = 3, .width = 160, .groups = 20, .group = 40}), 0.15);
}

TEST_CASE("the division into blocks changes no bit") {
  holds<BlocksChangeNoBit>(cases(any_basis(), {.layers = 4, .width = 70, .groups = 4, .group = 40}), 0.5);
}
