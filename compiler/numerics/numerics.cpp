// SPDX-License-Identifier: Apache-2.0
#include "compiler/numerics/numerics.hpp"

namespace lilong::numerics {

const char* toString(Numerics numerics) {
  switch (numerics) {
    case Numerics::tflm:
      return "tflm";
    case Numerics::litertRef:
      return "litert-ref";
    case Numerics::litert:
      return "litert";
  }
  return "unknown";
}

std::optional<Numerics> numericsFromName(std::string_view name) {
  for (Numerics n : {Numerics::tflm, Numerics::litertRef, Numerics::litert}) {
    if (name == toString(n)) return n;
  }
  return std::nullopt;
}

std::string toString(const Exactness& exactness) {
  switch (exactness.level) {
    case Exactness::Level::proved:
      return "proved";
    case Exactness::Level::tested:
      return "tested";
    case Exactness::Level::inexact:
      return exactness.reason;
  }
  return "unknown";
}

}  // namespace lilong::numerics
