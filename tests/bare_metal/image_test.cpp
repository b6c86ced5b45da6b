// SPDX-License-Identifier: Apache-2.0
// Images: damage is found, hostile tables with a right checksum are refused or harmless.
#include "sim/lockstep/random.hpp"
#include "tests/bare_metal/machine.hpp"

namespace lilong::test {
namespace {

lilong_driver_status check(const std::vector<uint8_t>& image, size_t bytes) {
  Aligned aligned(image);
  return note(lilong_driver_check(aligned.data(), bytes, 0, nullptr));
}
lilong_driver_status check(const std::vector<uint8_t>& image) {
  return check(image, image.size());
}

TEST(Image, SameProgramSameBytes) {
  EXPECT_EQ(imageOf(copyProgram(2)), imageOf(copyProgram(2)));
  EXPECT_NE(imageOf(copyProgram(2)), imageOf(copyProgram(1)));
  EXPECT_EQ(check(imageOf(copyProgram(2))), LILONG_DRIVER_OK);
}

TEST(Image, EveryBitAndEveryLengthIsGuarded) {
  const std::vector<uint8_t> image = imageOf(copyProgram());
  for (size_t bit = 0; bit < image.size() * 8; ++bit) {
    std::vector<uint8_t> damaged = image;
    damaged[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
    EXPECT_NE(check(damaged), LILONG_DRIVER_OK) << "bit " << bit;
  }
  for (size_t bytes = 0; bytes < image.size(); ++bytes) {
    EXPECT_EQ(check(image, bytes), LILONG_DRIVER_BAD_IMAGE) << bytes << " bytes";
  }
  std::vector<uint8_t> damaged = image;
  damaged.back() ^= 1;
  EXPECT_EQ(check(damaged), LILONG_DRIVER_BAD_CHECKSUM);
  damaged = image;
  damaged[0] ^= 1;
  EXPECT_EQ(check(damaged), LILONG_DRIVER_BAD_IMAGE);
}

TEST(Image, OtherVersions) {
  for (size_t offset :
       {offsetof(lilong_image_header, format), offsetof(lilong_image_header, version),
        offsetof(lilong_image_header, spec_hash)}) {
    std::vector<uint8_t> image = imageOf(copyProgram());
    setWord(image, offset, 0x12345678);
    seal(image);
    EXPECT_EQ(check(image), LILONG_DRIVER_IMAGE_VERSION);
  }
  Aligned aligned(1 << 12);
  const std::vector<uint8_t> image = imageOf(copyProgram());
  std::memcpy(aligned.data() + 4, image.data(), image.size());
  EXPECT_STATUS(MISALIGNED, lilong_driver_check(aligned.data() + 4, image.size(), 0, nullptr));
}

// What the driver relies on, written again and without its limits on the width of numbers.
bool sound(const std::vector<uint8_t>& image) {
  const lilong_image_header h = headerOf(image);
  using Wide = unsigned __int128;
  const auto inside = [&](Wide offset, Wide bytes, Wide limit) { return offset + bytes <= limit; };
  bool ok = h.bytes <= image.size() && h.region_bytes[0] == 0 &&
            inside(h.constants, h.region_bytes[1], h.bytes) && h.constants % 64 == 0 &&
            inside(h.steps, Wide{16} * h.step_count, h.bytes) && h.step_count > 0 &&
            inside(h.tensors, Wide{64} * (Wide{h.input_count} + h.output_count), h.bytes);
  for (uint32_t i = 0; ok && i < h.step_count; ++i) {
    lilong_image_step step;
    std::memcpy(&step, image.data() + h.steps + 16 * i, sizeof step);
    ok = inside(step.offset, step.bytes, h.bytes) && step.offset % 64 == 0 &&
         step.bytes % 64 == 0 && step.bytes > 0 && step.watchdog_cycles > 0;
  }
  for (uint32_t i = 0; ok && i < h.input_count + h.output_count; ++i) {
    lilong_image_tensor tensor;
    std::memcpy(&tensor, image.data() + h.tensors + 64 * i, sizeof tensor);
    Wide bytes = tensor.dtype < 2 ? 1 : tensor.dtype == 2 ? 2 : tensor.dtype < 5 ? 4 : 8;
    ok = tensor.region == (i < h.input_count ? kRegionInputs : kRegionOutputs) &&
         tensor.dtype < 6 && tensor.rank <= 8 &&
         inside(tensor.offset, tensor.bytes, h.region_bytes[tensor.region]) &&
         tensor.name < h.bytes &&
         std::memchr(image.data() + tensor.name, 0, h.bytes - tensor.name) != nullptr;
    for (uint32_t k = 0; ok && k < tensor.rank; ++k) {
      ok = tensor.shape[k] > 0;
      bytes *= static_cast<uint32_t>(tensor.shape[k]);
      ok = ok && bytes <= tensor.bytes;
    }
    ok = ok && bytes == tensor.bytes;
  }
  return ok;
}

// Every word of header and tables at values that hurt, the checksum made right: the driver accepts
// nothing that a second, simpler check refuses.
TEST(Image, HostileTablesWithARightChecksum) {
  const std::vector<uint8_t> image = imageOf(copyProgram(2));
  const lilong_image_header header = headerOf(image);
  const size_t end = header.tensors + 64 * 2;
  lockstep::Random random(1);
  size_t refused = 0, accepted = 0;
  for (size_t at = 0; at < end; at += 4) {
    if (at == offsetof(lilong_image_header, crc)) continue;
    uint32_t old;
    std::memcpy(&old, image.data() + at, 4);
    std::vector<uint32_t> values = {0,          1,          0x7FFFFFFF,   0x80000000,
                                    0xFFFFFFFF, 0xFFFFFFC0, old - 1,      old + 1,
                                    old + 64,   old - 64,   header.bytes, header.bytes - 1};
    for (int i = 0; i < 20; ++i) values.push_back(static_cast<uint32_t>(random.next()));
    for (uint32_t value : values) {
      std::vector<uint8_t> hostile = image;
      setWord(hostile, at, value);
      seal(hostile);
      if (check(hostile) == LILONG_DRIVER_OK) {
        ++accepted;
        EXPECT_TRUE(sound(hostile)) << "word " << at << " = " << value;
      } else {
        ++refused;
        EXPECT_NE(value, old) << "word " << at;
      }
    }
  }
  EXPECT_GT(refused, 1000u);
  EXPECT_GT(accepted, 100u);  // presets, zero points, scales, bounds of cycles, ...
}

TEST(Image, HostOperatorsAreRefused) {
  Program program = copyProgram();
  program.hostBytes = 8;
  program.tensors.push_back(
      {.name = "top", .dtype = DType::int32, .shape = {2}, .region = kRegionHost});
  program.outputs.push_back(2);
  program.steps.push_back(HostStep{"ARG_MAX", {1}, {2}, {{"axis", 1.0}}, "not on the chip"});
  program.layers = {
      {.name = "last", .op = "ARG_MAX", .step = 1, .onChip = false, .exactness = "proved"}};
  const auto image = makeImage(program);
  ASSERT_FALSE(image.ok());
  const Diagnostic& diagnostic = image.error().diagnostics[0];
  EXPECT_EQ(diagnostic.id, DiagId::hostNotAllowed);
  EXPECT_EQ(diagnostic.layer, "last");
  EXPECT_NE(diagnostic.message.find("ARG_MAX"), std::string::npos);
  program.steps.pop_back();
  program.layers.clear();
  EXPECT_FALSE(makeImage(program).ok());  // the output is in host memory
}

TEST(Image, CSourceHoldsTheImage) {
  Program program = copyProgram();
  program.model = "a*/b\n.tflite";  // nothing in it ends the comment
  const auto files = makeCSource(program, "my-Net.2");
  ASSERT_TRUE(files.ok());
  EXPECT_NE(files->source.find("#include \"my-Net.2.h\""), std::string::npos);
  EXPECT_NE(files->header.find("#define MY_NET_2_WORKSPACE_BYTES 256u"), std::string::npos);
  EXPECT_NE(files->header.find("#define MY_NET_2_INPUT_0_BYTES 24u"), std::string::npos);
  EXPECT_EQ(files->header.find("a*/b"), std::string::npos);
  const std::vector<uint8_t> image = imageOf(program);
  std::vector<uint8_t> bytes;
  const size_t open = files->source.find("= {") + 3;
  for (size_t at = open; files->source[at] != '}';) {
    if (files->source[at] >= '0' && files->source[at] <= '9') {
      size_t used = 0;
      bytes.push_back(static_cast<uint8_t>(std::stoul(files->source.substr(at, 4), &used)));
      at += used;
    } else {
      ++at;
    }
  }
  EXPECT_EQ(bytes, image);
  EXPECT_EQ(cName("2nd Net"), "network_2nd_net");
  EXPECT_FALSE(makeCSource(program, "a\"b").ok());
  EXPECT_FALSE(makeCSource(program, "").ok());
}

}  // namespace
}  // namespace lilong::test
