#pragma once

#include <wmanifold/core/error_handler.hpp>
#include <wmanifold/core/number_text.hpp>

#include <charconv>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace wmanifold {

/// The error of a caller's argument: wrong size, range or kind. The call has changed nothing.
struct ArgumentError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// The error of a computation that leaves the finite numbers: a loss or gradient is NaN or infinite. The call has
/// changed nothing.
struct NumericalError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The error of a file that is missing, unreadable, unwritable or malformed.
struct FileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

namespace detail {

/// A part of a message: text, or a number as the classic locale writes it. Reals have 9 digits.
class MessagePart {
 public:
  MessagePart(std::string_view text) noexcept : text_(text) {}
  MessagePart(std::string const& text) noexcept : text_(text) {}
  MessagePart(char const* text) noexcept : text_(text) {}
  MessagePart(char one) noexcept : text_(digits_, 1) { digits_[0] = one; }
  [[gnu::cold, gnu::noinline]] MessagePart(double number) noexcept
      : text_(digits_, write_rounded(digits_, sizeof digits_, number)) {}
  [[gnu::cold, gnu::noinline]] MessagePart(long long number) noexcept
      : text_(digits_, std::to_chars(digits_, digits_ + sizeof digits_, number).ptr) {}
  [[gnu::cold, gnu::noinline]] MessagePart(unsigned long long number) noexcept
      : text_(digits_, std::to_chars(digits_, digits_ + sizeof digits_, number).ptr) {}
  template <std::integral T>
  MessagePart(T number) noexcept
      : MessagePart(static_cast<std::conditional_t<std::is_signed_v<T>, long long, unsigned long long>>(number)) {}
  MessagePart(MessagePart const&) = delete;  // the text of a number lies in this object
  MessagePart& operator=(MessagePart const&) = delete;

  [[nodiscard]] std::string_view text() const noexcept { return text_; }

 private:
  char digits_[32];
  std::string_view text_;
};

/// Returns "wmanifold: " followed by the parts. Texts may be a stranger's: control characters become question marks, and
/// a part has at most 2,000 characters.
[[nodiscard, gnu::cold, gnu::noinline]] inline std::string message_of(std::initializer_list<MessagePart> parts) {
  constexpr std::size_t most = 2000;
  std::string message = "wmanifold: ";
  for (auto const& part : parts) {
    for (char const letter : part.text().substr(0, most)) {
      message += static_cast<unsigned char>(letter) < 32 || letter == 127 ? '?' : letter;
    }
    message += part.text().size() > most ? "..." : "";
  }
  return message;
}

}  // namespace detail

/// Throws `Error` with its arguments in one message, which is the same under every locale. It is out of line to keep
/// checks small. Parts are passed by value: texts of all lengths are one type then. Without exceptions it passes the
/// message to the handler of core/error_handler.hpp and ends the process.
template <class Error = ArgumentError, class... Parts>
[[noreturn, gnu::cold, gnu::noinline]] void fail(Parts... parts) {
#ifdef __cpp_exceptions
  throw Error(detail::message_of({detail::MessagePart(parts)...}));
#else
  std::string const message = detail::message_of({detail::MessagePart(parts)...});
  if constexpr (std::is_same_v<Error, ArgumentError>) {
    detail::Rephrasing::tell_innermost(message.c_str());
  }
  detail::end_by_error(std::is_same_v<Error, NumericalError> ? ErrorKind::numerical
                       : std::is_same_v<Error, FileError>    ? ErrorKind::file
                                                             : ErrorKind::argument,
                       message.c_str());
#endif
}

/// Throws ArgumentError unless `got` equals `expected`, a count of `unit`; `what` names the checked thing.
constexpr void require_count(char const* what, char const* unit, std::ptrdiff_t expected, std::ptrdiff_t got) {
  if (expected != got) [[unlikely]] {
    fail(what, ": expected ", expected, ' ', unit, ", got ", got);
  }
}

}  // namespace wmanifold
