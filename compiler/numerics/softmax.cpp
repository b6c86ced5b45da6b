// SPDX-License-Identifier: Apache-2.0
// SOFTMAX: the table of exponentials.
#include <cmath>

#include "compiler/numerics/numerics.hpp"

namespace lilong::numerics {

SoftmaxParams softmaxParams(const ir::Graph& graph, const ir::Op& op, Numerics) {
  SoftmaxParams params;
  const double step = static_cast<double>(graph.input(op).quant.scale()) *
                      static_cast<double>(op.as<ir::SoftmaxAttrs>().beta);
  for (size_t d = 0; d < params.exponentials.size(); ++d) {
    params.exponentials[d] = static_cast<uint32_t>(
        std::nearbyint(std::ldexp(std::exp(-static_cast<double>(d) * step), 30)));
  }
  params.zpOut = static_cast<int8_t>(graph.output(op).quant.zeroPoint());
  params.exactness = {Exactness::Level::inexact,
                      "correctly rounded softmax; some bytes differ from the interpreter by one"};
  return params;
}

}  // namespace lilong::numerics
