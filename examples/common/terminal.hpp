#pragma once

namespace demo {

/// Columns of the terminal behind a file descriptor; 0 where it is none.
[[nodiscard]] int terminal_width(int descriptor);
/// Does the environment ask for UTF-8?
[[nodiscard]] bool speaks_utf8();

}  // namespace demo
