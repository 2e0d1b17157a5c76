#pragma once

namespace bench {

/// Makes the compiler treat the memory behind the pointer as read, so that it keeps all writes to it.
inline void keep(void const* written) noexcept { asm volatile("" : : "g"(written) : "memory"); }

}  // namespace bench
