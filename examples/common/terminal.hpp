#pragma once

namespace demo {

/// Returns the columns of the terminal behind a file descriptor, or 0 if it is no terminal.
[[nodiscard]] int terminal_width(int descriptor);
/// Returns whether the environment asks for UTF-8.
[[nodiscard]] bool speaks_utf8();

}  // namespace demo
