// SPDX-License-Identifier: Apache-2.0
// SOFTMAX: the table of exponentials.
#include <cmath>

#include "compiler/numerics/numerics.hpp"

namespace lilong::numerics {

namespace {

// exp(-d * step) with 30 fraction bits, correctly rounded.
std::array<uint32_t, 256> exactTable(double step) {
  std::array<uint32_t, 256> table{};
  for (size_t d = 0; d < table.size(); ++d) {
    table[d] = static_cast<uint32_t>(
        std::nearbyint(std::ldexp(std::exp(-static_cast<double>(d) * step), 30)));
  }
  return table;
}

}  // namespace

SoftmaxParams softmaxParams(const ir::Graph& graph, const ir::Op& op, Numerics numerics) {
  SoftmaxParams params;
  const double step = static_cast<double>(graph.input(op).quant.scale()) *
                      static_cast<double>(op.as<ir::SoftmaxAttrs>().beta);
  params.exponentials = exactTable(step);
  params.zpOut = static_cast<int8_t>(graph.output(op).quant.zeroPoint());
  params.exactness = {
      Exactness::Level::inexact,
      numerics == Numerics::litert
          ? "correctly rounded; about 1 byte in 10^6 differs from the interpreter's "
            "float32 sum, by one"
          : "correctly rounded; about 3 bytes in 10^5 differ from the interpreter's "
            "fixed-point reciprocal, by one"};
  return params;
}

}  // namespace lilong::numerics
