#include <properties/files.hpp>

#include <properties/holds.hpp>
#include <properties/generate.hpp>

using namespace properties;

namespace {

/// Returns the names of the bases that are types in files.hpp.
std::vector<Names> typed_names() {
  return std::apply(
      []<class... B>(B const&...) {
        return std::vector<Names>{{B::Topology::name(), B::name()}...};
      },
      TypedBases{});
}

}  // namespace

TEST_CASE("files keep every bit") { holds<FilesKeepBits>(cases(one_of(typed_names())), 0.3); }

TEST_CASE("a resumed training has the bits of one that did not stop") {
  holds<ResumeKeepsBits>(cases(one_of({{"s1", "fourier1"}}), {.groups = 4, .group = 5}));
}
