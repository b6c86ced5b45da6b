// SPDX-License-Identifier: Apache-2.0
// Dead channels: channels that have the same byte for every input, or that nobody reads.  The
// result is a graph with the same operators in the same order, the same inputs and outputs and the
// same bytes in every channel that is left, in the same arithmetic:
//   - a constant channel goes into the biases of the convolutions and fully connected layers that
//     read it (exact: the accumulator is the same), where no padding gets in the way;
//   - a channel that only feeds channels that go, goes too;
//   - operators that work channel by channel lose a channel only together with their operands.
// As many channels stay as fill whole groups of `granule`: fewer would save nothing and leave the
// chip pixels that it reads more slowly.  Op::networkMacs keeps the work of the network file.
#pragma once

#include "compiler/ir/graph.hpp"
#include "compiler/numerics/numerics.hpp"

namespace lilong::backend {

Result<ir::Graph> removeDeadChannels(const ir::Graph& graph, numerics::Numerics numerics,
                                     uint32_t granule);

}  // namespace lilong::backend
