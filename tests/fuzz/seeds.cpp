// Writes valid inputs for the targets of this folder: seeds FOLDER writes FOLDER/TARGET/NAME. Those of model_file come
// from tools/models.cpp. Points and differential take all bytes; libFuzzer begins with as many as the seeds have.

#include "training.hpp"

#include <wmanifold/io/network_file.hpp>

#include <fstream>
#include <iostream>

namespace wm = wmanifold;
namespace fs = std::filesystem;

namespace {

using namespace std::string_view_literals;

fs::path place_of(fs::path const& folder, std::string const& target, std::string const& name) {
  fs::create_directories(folder / target);
  return folder / target / name;
}

void write(fs::path const& file, std::string_view bytes) {
  std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

template <class Rule>
void write_checkpoint(fs::path const& file, int steps) {
  fuzz::Training<Rule> training;
  auto const contexts = wm::Contexts<wm::S1>::constant(wm::S1::degrees(20), 3);
  for (int i = 0; i < steps; ++i) {
    training.flow.step(wm::Matrix<float>::Constant(3, 2, 0.5F), contexts, wm::Matrix<float>::Zero(3, 1));
  }
  wm::save_checkpoint(file, training.model, training.flow, training.progress);
}

void write_networks(fs::path const& folder) {
  wm::Manifold<wm::Ellipse, wm::Dense<3, 2>, wm::Tanh, wm::SharedDense<2, 2>> const model(wm::he_normal, wm::Seed{1});
  wm::save_network(place_of(folder, "network_file", "plain"), model.at(wm::S1::degrees(40)));
  wm::save_network(place_of(folder, "network_file", "notes"), model.at(wm::S1::degrees(40)),
                   {.metadata = {{"made_by", "a test"}}, .input_scaling = {{0.5, 2}, {0, 1}, {-1, 0.1}}});
  std::vector const points{wm::S1::degrees(0), wm::S1::degrees(120)};
  wm::save_networks(place_of(folder, "network_file", "grid"), model, points,
                    {.knob_ranges = {{wm::Range::logarithmic(20, 20000), "cutoff", "Hz"}}});
}

/// RIFF, its format (code, bits), and four samples.
std::string sound(char code, char bits) {
  auto const width = static_cast<char>(bits / 8);
  std::string const samples(static_cast<std::size_t>(4 * width), '\0');
  std::string text("RIFF\x28\0\0\0WAVEfmt \x10\0\0\0"sv);
  text += {code, 0, 1, 0, '\x80', '\xBB', 0, 0, 0, 0, 0, 0, width, 0, bits, 0};
  text += "data";
  text += {static_cast<char>(samples.size()), 0, 0, 0};
  return text + samples;
}

void write_texts(fs::path const& folder) {
  write(place_of(folder, "wav", "pcm16"), sound(1, 16));
  write(place_of(folder, "wav", "float32"), sound(3, 32));
  auto const images = "\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x02\x10\x20\x30\x40\x50\x60\x70\x80"sv;
  auto const labels = "\0\0\x08\x01\0\0\0\x02\0\x01"sv;
  auto const packed =
      "\x1f\x8b\x08\0\0\0\0\0\x02\x03\x63\x60\xe0\x60\x64\x60\x60\x60\x62\x60\x04\0\x8f\x9c\x9b\xe2\x0a\0\0\0"sv;
  write(place_of(folder, "idx", "images"), '\0' + std::string(images));
  write(place_of(folder, "idx", "labels"), '\x01' + std::string(labels));
  write(place_of(folder, "idx", "packed"), '\x01' + std::string(packed));
  write(place_of(folder, "layers", "dense"), "dense 3 4, relu, dense 4 2");
  write(place_of(folder, "layers", "placed"),
        "dense 3 4, shared 4 5, tanh, low_rank 5 2 3, softplus, gains 2 3, dense 3 1, identity");
  write(place_of(folder, "layers", "names"), "dense 1 1, sigmoid, dense 1 1, silu, dense 1 1, gelu, dense 1 1, elu");
  std::array<std::string_view, 14> const names{"s1\nfourier2\n\ns\n0.5\n-3e2\n",
                                               "interval*s1\nbernstein1*fourier3\n\na,b\n0.5,1\n1,7\n",
                                               "t2\ntotal2(fourier2)\n\na,b\n1,2\n",
                                               "interval\nlegendre3\n\ns\n0\n1\n",
                                               "interval\nbspline2_5\n0 0 0 0.25 0.5 1 1 1\ns\n0.25\n",
                                               "s1\nbspline2_4\n1 1.5 4 5\ns\n6\n",
                                               "s1*interval\nbspline2_4*bspline1_2\n4 1 1.5 4 5 4 0 0 1 1\na,b\n1,1\n",
                                               "s1\ncatmull_rom4\n\ns\n2\n",
                                               "s2\nharmonics2\n\nx,y,z\n0,0.6,0.8\n",
                                               "rp1\nfourier1\n\ns\n3\n",
                                               "so3\nhyperspherical2\n\nw,x,y,z\n1,0,0,0\n",
                                               "simplex2\nbernstein_bezier2\n\na,b,c\n0.5,0.25,0.25\n",
                                               "finite3[0-1,1-2:0.5]\nlaplacian2\n\ns\n2\n",
                                               "finite3*point\none_per_context*constant\n\na,b\n1,0\n"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    write(place_of(folder, "names", std::to_string(i)), names[i]);
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "seeds FOLDER\n";
    return 2;
  }
  try {
    fs::path const folder = arguments[1];
    write_checkpoint<wm::HeavyBall>(place_of(folder, "checkpoint", "heavy_ball"), 2);
    write_checkpoint<wm::Adam>(place_of(folder, "checkpoint", "adam"), 1);
    write_networks(folder);
    write_texts(folder);
    wm::Random random{wm::Seed{1}};
    for (int i = 0; i < 8; ++i) {
      for (std::string const target : {"points", "differential"}) {
        std::string bytes(48, ' ');
        std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(random.below(256)); });
        write(place_of(folder, target, std::to_string(i)), bytes);
      }
    }
    fs::create_directories(folder / "model_file");
  } catch (std::exception const& e) {
    std::cerr << e.what() << '\n';
    return 1;
  }
}
