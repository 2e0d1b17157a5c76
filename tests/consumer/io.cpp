#include <wmanifold/io/safetensors.hpp>

#include <iostream>

// Writes a file and reads it back.
int main() {
  wmanifold::TensorFile file;
  file.tensors["numbers"] = {{2}, std::vector<float>{1, 2}};
  wmanifold::write_safetensors("consumer_io.safetensors", file);
  std::cout << wmanifold::read_safetensors("consumer_io.safetensors").tensors.size() << '\n';
}
