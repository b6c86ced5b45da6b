// SPDX-License-Identifier: Apache-2.0
// The bytes that every channel of every tensor can take, whatever the network's input is: intervals
// that are never too small, by the chip's own arithmetic.  A channel whose interval is one byte
// always has that byte, at the borders of images too.
#pragma once

#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/numerics/numerics.hpp"

namespace lilong::backend {

struct Reach {
  int32_t min = -128, max = 127;
  bool single() const { return min == max; }
};

// Per tensor one interval for every index of the last dimension; empty for tensors that are
// constant or not int8.
using ChannelReach = std::vector<std::vector<Reach>>;
ChannelReach findReach(const ir::Graph& graph, numerics::Numerics numerics);

// Whether windows of a convolution reach over the border of the image.
bool hasPadding(const ir::Padding2d& padding);

// Channels of a tensor: its last dimension, 1 for a scalar.
size_t channelsOf(const ir::Tensor& tensor);

}  // namespace lilong::backend
