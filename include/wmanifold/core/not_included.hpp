#pragma once

#include <wmanifold/version.hpp>

/// Stubs of wmanifold::save_model and the like for programs that do not include their headers. wmanifold.hpp leaves
/// these headers out because they need nlohmann_json. The stubs make the compiler's first error name the missing
/// header. With that header included, its own functions of these names take over. The stubs are not found by
/// argument-dependent lookup, and any function of a user's is a better match.
namespace wmanifold {
namespace detail {

/// Types that the headers of these names in io/ complete.
template <class>
struct ModelFileIncluded;
template <class>
struct NetworkFileIncluded;
template <class>
struct CheckpointIncluded;

template <class T>
concept Missing = !requires { sizeof(T); };

template <class>
inline constexpr bool is_included = false;

struct Anything {
  template <class T>
  Anything(T const&) noexcept {}
};

namespace without_io {

template <class Never = void>
requires Missing<ModelFileIncluded<Never>>
void save_model(Anything const&, Anything const&, Anything const& = 0) {
  static_assert(is_included<Never>,
                "wmanifold: expected #include <wmanifold/io/model_file.hpp> for save_model; it needs nlohmann_json, "
                "which the target wmanifold::io brings");
}
template <class Model>
requires Missing<ModelFileIncluded<Model>>
Model load_model(Anything const&, Anything const& = 0) {
  static_assert(is_included<Model>,
                "wmanifold: expected #include <wmanifold/io/model_file.hpp> for load_model; it needs nlohmann_json, "
                "which the target wmanifold::io brings");
}
template <class R = float>
requires Missing<ModelFileIncluded<R>>
auto load_any_model(Anything const&) {
  static_assert(is_included<R>,
                "wmanifold: expected #include <wmanifold/io/model_file.hpp> for load_any_model; it needs nlohmann_json, "
                "which the target wmanifold::io brings");
}
template <class Never = void>
requires Missing<NetworkFileIncluded<Never>>
void save_network(Anything const&, Anything const&) {
  static_assert(is_included<Never>,
                "wmanifold: expected #include <wmanifold/io/network_file.hpp> for save_network; it needs nlohmann_json, "
                "which the target wmanifold::io brings");
}
template <class Never = void>
requires Missing<NetworkFileIncluded<Never>>
void save_networks(Anything const&, Anything const&, Anything const&) {
  static_assert(is_included<Never>,
                "wmanifold: expected #include <wmanifold/io/network_file.hpp> for save_networks; it needs nlohmann_json, "
                "which the target wmanifold::io brings");
}
template <class Never = void>
requires Missing<CheckpointIncluded<Never>>
void save_checkpoint(Anything const&, Anything const&, Anything const&, Anything const& = 0) {
  static_assert(is_included<Never>,
                "wmanifold: expected #include <wmanifold/io/checkpoint.hpp> for save_checkpoint; it needs nlohmann_json, "
                "which the target wmanifold::io brings");
}
template <class Never = void>
requires Missing<CheckpointIncluded<Never>>
void load_checkpoint(Anything const&, Anything const&, Anything const&, Anything const& = 0) {
  static_assert(is_included<Never>,
                "wmanifold: expected #include <wmanifold/io/checkpoint.hpp> for load_checkpoint; it needs nlohmann_json, "
                "which the target wmanifold::io brings");
}

}  // namespace without_io
}  // namespace detail

using namespace detail::without_io;

}  // namespace wmanifold
