// SPDX-License-Identifier: Apache-2.0
// Height and width exchanged: the chip walks images row by row, so that a narrow, tall image costs
// more than a wide, low one, and few long kernel rows fill its steps better than many short ones.
// The result is a graph with the same inputs, outputs and bytes in which operators on images work
// on exchanged ones; RESHAPE (an image of one row or column) or TRANSPOSE stands wherever an image
// is needed the other way round.
#pragma once

#include "compiler/ir/graph.hpp"

namespace lilong::backend {

// The first operators that work on exchanged images.
enum class TransposeFrom : uint8_t {
  input,    // those that read the network inputs
  windows,  // those behind the first convolution or pooling, which may write an exchanged image
};

// True when a convolution or pooling reads or makes an image of other height than width, or the
// kernel of a convolution is like that: exchanging the two can matter then.
bool isLopsided(const ir::Graph& graph);

// Nothing if no operator works on exchanged images.
std::optional<ir::Graph> transposeImages(const ir::Graph& graph, TransposeFrom from);

}  // namespace lilong::backend
