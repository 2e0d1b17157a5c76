#include <wmanifold/deploy/latest.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <thread>

namespace wm = wmanifold;

TEST_CASE("the reader sees the first value until there is a later one, and then the latest") {
  wm::Latest<int> latest(1);
  CHECK_FALSE(latest.take());
  CHECK(latest.value() == 1);
  latest.put(2);
  CHECK(latest.value() == 1);  // until it is taken
  CHECK(latest.take());
  CHECK(latest.value() == 2);
  CHECK_FALSE(latest.take());
  for (int i = 3; i < 10; ++i) {
    latest.put(i);
  }
  CHECK(latest.take());
  CHECK(latest.value() == 9);
  CHECK_FALSE(latest.take());
  CHECK(latest.value() == 9);
}

TEST_CASE("values are destroyed by the writer, never by the reader") {
  std::weak_ptr<int> seen;
  auto const made = [](int i) { return std::make_shared<int>(i); };
  wm::Latest<std::shared_ptr<int>> latest(nullptr);
  auto first = made(1);
  seen = first;
  latest.put(std::move(first));
  REQUIRE(latest.take());
  CHECK(*latest.value() == 1);
  latest.put(made(2));
  REQUIRE(latest.take());
  CHECK(*latest.value() == 2);
  CHECK_FALSE(seen.expired());  // the reader released it and left it in place
  latest.put(made(3));
  latest.put(made(4));
  CHECK(seen.expired());
}

TEST_CASE("two threads: values are whole, none is older than the previous one, and the last one arrives") {
  struct Pair {
    long a;
    long b;
  };
  constexpr long last = 300'000;
  wm::Latest<Pair> latest({0, 0});
  std::thread writer([&] {
    for (long i = 1; i <= last; ++i) {
      latest.put({i, -i});
    }
  });
  bool whole = true;
  bool in_order = true;
  long before = 0;
  while (before < last) {
    if (latest.take()) {
      Pair const pair = latest.value();
      whole = whole && pair.b == -pair.a;
      in_order = in_order && pair.a > before;
      before = pair.a;
      if (!in_order) {
        break;
      }
    } else {
      std::this_thread::yield();
    }
  }
  writer.join();
  CHECK(whole);
  CHECK(in_order);
}
