#include "case.hpp"
#include "products.hpp"
#include "text.hpp"

#include <dlfcn.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>

namespace comparison {
namespace {

/// Returns a function of a library by name, or null.
template <class Function>
Function* function(void* library, char const* symbol) {
  return reinterpret_cast<Function*>(dlsym(library, symbol));
}

/// Returns the first library that loads. It resolves its own symbols first (RTLD_DEEPBIND): LibTorch has already
/// brought another sgemm into the process.
void* load(std::initializer_list<char const*> names) {
  for (char const* const name : names) {
    if (void* const library = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND)) {
      return library;
    }
  }
  return nullptr;
}

/// Returns the version of whichever BLAS this is, and limits it to one thread.
std::string version_and_one_thread(void* library) {
  if (auto* const set = function<void(int)>(library, "openblas_set_num_threads")) {
    set(1);
  }
  if (auto* const set = function<void(std::ptrdiff_t)>(library, "bli_thread_set_num_threads")) {
    set(1);
  }
  if (auto* const config = function<char const*()>(library, "openblas_get_config")) {
    std::string const text = config();
    std::string const name = "OpenBLAS ";
    std::string const short_text =
        text.starts_with(name) ? text.substr(name.size(), text.find(' ', name.size()) - name.size()) : text;
    auto* const core = function<char const*()>(library, "openblas_get_corename");
    return core == nullptr ? short_text : demo::joined(short_text, " (", core(), " kernels)");
  }
  if (auto* const version = function<char const*()>(library, "bli_info_get_version_str")) {
    std::string text = version();
    auto* const kind = function<int()>(library, "bli_arch_query_id");
    auto* const kind_name = function<char const*(int)>(library, "bli_arch_string");
    if (kind != nullptr && kind_name != nullptr) {
      text += demo::joined(" (", kind_name(kind()), " kernels)");
    }
    return text;
  }
  return "of unknown version";
}

std::function<Multiply(ProductShape const&)> with_cblas(void* library) {
  using Sgemm = void(int, int, int, int, int, int, float, float const*, int, float const*, int, float, float*, int);
  auto* const sgemm = function<Sgemm>(library, "cblas_sgemm");
  if (sgemm == nullptr) {
    return {};
  }
  return [sgemm](ProductShape const& s) {
    return repeated([sgemm, s](float const* a, float const* b, float* c) {
      constexpr int row_major = 101;
      constexpr int as_is = 111;
      sgemm(row_major, as_is, as_is, s.rows, s.columns, s.depth, 1, a, s.depth, b, s.columns, 0, c, s.columns);
    });
  };
}

std::function<Multiply(ProductShape const&)> with_dnnl(void* library) {
  using Size = std::int64_t;
  using Sgemm = int(char, char, Size, Size, Size, float, float const*, Size, float const*, Size, float, float*, Size);
  auto* const sgemm = function<Sgemm>(library, "dnnl_sgemm");
  if (sgemm == nullptr) {
    return {};
  }
  return [sgemm](ProductShape const& s) {
    return repeated([sgemm, s](float const* a, float const* b, float* c) {
      sgemm('N', 'N', s.rows, s.columns, s.depth, 1, a, s.depth, b, s.columns, 0, c, s.columns);
    });
  };
}

std::string dnnl_version(void* library) {
  struct Version {
    int major, minor, patch;
  };
  auto* const version = function<Version const*()>(library, "dnnl_version");
  return version == nullptr ? "of unknown version"
                            : demo::joined(version()->major, '.', version()->minor, '.', version()->patch);
}

Blas described(char const* name, void* library, char const* debian,
               std::function<Multiply(ProductShape const&)> (*prepare)(void*), std::string (*version)(void*)) {
  if (library == nullptr) {
    return {name, {}, {}, demo::joined(name, " was not found (Debian: ", debian, ')')};
  }
  return {name, version(library), prepare(library), demo::joined(name, " has no known sgemm")};
}

}  // namespace

std::vector<Blas> load_blas() {
  return {
      described(name::openblas, load({"libopenblas.so", "libopenblas.so.0"}), "libopenblas-dev", with_cblas,
                version_and_one_thread),
      described(name::blis, load({"libblis.so", "libblis.so.4", "libblis.so.3"}), "libblis-dev", with_cblas,
                version_and_one_thread),
      described(name::onednn, load({"libdnnl.so", "libdnnl.so.3", "libdnnl.so.2"}), "libdnnl-dev", with_dnnl,
                dnnl_version),
  };
}

std::string blas_of_process() {
  void* const sgemm = dlsym(RTLD_DEFAULT, "sgemm_");
  Dl_info info{};
  if (sgemm == nullptr || dladdr(sgemm, &info) == 0) {
    return "its own products";
  }
  void* const library = dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD);
  if (library == nullptr) {
    return "an unknown BLAS";
  }
  std::string const kind = function<void(int)>(library, "openblas_set_num_threads") != nullptr       ? name::openblas
                           : function<char const*()>(library, "bli_info_get_version_str") != nullptr ? name::blis
                                                                                                     : "BLAS";
  return demo::joined(kind, ' ', version_and_one_thread(library));
}

}  // namespace comparison
