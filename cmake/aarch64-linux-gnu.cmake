# Compiles for 64-bit ARM with NEON, by Debian's g++-aarch64-linux-gnu. Programs run under qemu-user. The libraries
# needed are headers and serve all processors.

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L /usr/aarch64-linux-gnu)

# Debian installs the description of xsimd's headers as if they were for one processor.
execute_process(COMMAND g++ -print-multiarch OUTPUT_VARIABLE host_libraries OUTPUT_STRIP_TRAILING_WHITESPACE)
list(APPEND CMAKE_PREFIX_PATH "/usr/lib/${host_libraries}/cmake")
