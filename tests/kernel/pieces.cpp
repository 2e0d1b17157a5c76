#include <wmanifold/kernel/pieces.hpp>

#include <doctest/doctest.h>

namespace wm = wmanifold;
using wm::Index;
using wm::kernel::IndexRange;
using wm::kernel::Pieces;

TEST_CASE("pieces follow one another, are of whole units but for the end, and not above the largest") {
  for (Index const unit : {1, 4, 16}) {
    for (Index const largest : {unit, 3 * unit, 8 * unit}) {
      for (Index count = 1; count < 100; ++count) {
        CAPTURE(unit);
        CAPTURE(largest);
        CAPTURE(count);
        Pieces const pieces(count, largest, unit);
        CHECK(pieces.size() == ((count + unit - 1) / unit * unit + largest - 1) / largest);
        Index at = 0;
        for (Index i = 0; i < pieces.size(); ++i) {
          IndexRange const piece = pieces[i];
          CHECK(piece.begin == at);
          CHECK(piece.size() > 0);
          CHECK(piece.size() <= largest);
          CHECK((piece.end % unit == 0 || piece.end == count));
          at = piece.end;
        }
        CHECK(at == count);
      }
    }
  }
}

TEST_CASE("pieces are of about the same size") {
  Pieces const pieces(100, 48, 16);
  REQUIRE(pieces.size() == 3);
  CHECK(pieces[0].size() == 32);
  CHECK(pieces[1].size() == 32);
  CHECK(pieces[2].size() == 36);
}

TEST_CASE("zero items make no pieces") {
  CHECK(Pieces(0, 8).size() == 0);
  CHECK(Pieces(0, 16, 4).size() == 0);
}

TEST_CASE("the function called for a finished part gets its rows and columns") {
  Index sum = 0;
  auto const note = [&sum](IndexRange rows, IndexRange columns) { sum += rows.size() * 100 + columns.size(); };
  wm::kernel::Epilogue const done(note);
  done({1, 3}, {4, 9});
  done({0, 1}, {0, 1});
  CHECK(sum == 306);
  wm::kernel::Epilogue{}({0, 1}, {0, 1});  // an empty one does nothing
}
