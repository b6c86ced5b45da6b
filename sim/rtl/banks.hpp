// SPDX-License-Identifier: Apache-2.0
// Scratchpad of a Verilated chip, around its pins: finds the bank memories in the model and copies
// rows.  The RTL holds one array per bank; a netlist holds the banks in block memories, which
// LILONG_RTL_NETLIST (a generated file) lists bit by bit.
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "sim/isa/gen/isa.hpp"
#include "verilated.h"
#include "verilated_syms.h"

namespace lilong::rtl {

#ifndef LILONG_RTL_NETLIST

class Banks {
 public:
  explicit Banks(uint32_t depth) : depth_(depth) {}

  // The bank memories are the variables `mem_q` of the instances gen_bank[b] below the scratchpad.
  void find(const VerilatedContext& context) {
    const VerilatedScopeNameMap* scopes = const_cast<VerilatedContext&>(context).scopeNameMap();
    if (!scopes) return;
    for (const auto& [name, scope] : *scopes) {
      const std::string path = name;
      const size_t at = path.rfind("gen_bank[");
      if (path.find("u_scratchpad") == std::string::npos || at == std::string::npos) continue;
      const size_t bank = static_cast<size_t>(std::atoi(path.c_str() + at + 9));
      const VerilatedVar* var = scope->varFind("mem_q");
      if (!var || bank >= isa::kBanks) continue;
      banks_[bank] = static_cast<uint8_t*>(var->datap());
    }
  }

  bool complete() const {
    for (const uint8_t* bank : banks_) {
      if (!bank) return false;
    }
    return true;
  }

  void read(size_t bank, size_t row, size_t offset, uint8_t* bytes, size_t count) const {
    std::memcpy(bytes, banks_[bank] + row * depth_ + offset, count);
  }
  void write(size_t bank, size_t row, size_t offset, const uint8_t* bytes, size_t count) {
    std::memcpy(banks_[bank] + row * depth_ + offset, bytes, count);
  }

 private:
  uint32_t depth_;
  std::array<uint8_t*, isa::kBanks> banks_{};
};

#else

// Where a bit of a bank lies: which memory cell of the netlist, which bit of its words.
struct BankBit {
  uint16_t cell;
  uint8_t bit;
};

#include LILONG_RTL_NETLIST  // kBankCells[bank][], kBankBits[bit], kRowsOfWord

class Banks {
 public:
  explicit Banks(uint32_t) {}

  void find(const VerilatedContext& context) {
    const VerilatedScopeNameMap* scopes = const_cast<VerilatedContext&>(context).scopeNameMap();
    if (!scopes) return;
    for (const auto& [name, scope] : *scopes) {
      const std::string path = name;
      const VerilatedVar* var = scope->varFind("mem_q");
      if (!var) continue;
      for (size_t bank = 0; bank < isa::kBanks; ++bank) {
        for (size_t cell = 0; cell < cells_[bank].size(); ++cell) {
          const std::string wanted = kBankCells[bank][cell];
          if (path.size() >= wanted.size() &&
              path.compare(path.size() - wanted.size(), wanted.size(), wanted) == 0) {
            cells_[bank][cell] = static_cast<uint32_t*>(var->datap());
          }
        }
      }
    }
  }

  bool complete() const {
    for (const auto& bank : cells_) {
      for (const uint32_t* cell : bank) {
        if (!cell) return false;
      }
    }
    return true;
  }

  void read(size_t bank, size_t row, size_t offset, uint8_t* bytes, size_t count) const {
    for (size_t i = 0; i < count; ++i) {
      uint8_t value = 0;
      for (size_t bit = 0; bit < 8; ++bit) {
        const BankBit& at = kBankBits[(offset + i) * 8 + bit];
        const uint32_t word = cells_[bank][at.cell][row / kRowsOfWord];
        value |= static_cast<uint8_t>((word >> place(at, row) & 1) << bit);
      }
      bytes[i] = value;
    }
  }
  void write(size_t bank, size_t row, size_t offset, const uint8_t* bytes, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      for (size_t bit = 0; bit < 8; ++bit) {
        const BankBit& at = kBankBits[(offset + i) * 8 + bit];
        uint32_t& word = cells_[bank][at.cell][row / kRowsOfWord];
        const unsigned to = place(at, row);
        word = (word & ~(1u << to)) | static_cast<uint32_t>(bytes[i] >> bit & 1) << to;
      }
    }
  }

 private:
  // Two rows of 9 bits share a word of 18.
  static unsigned place(const BankBit& at, size_t row) {
    return at.bit + static_cast<unsigned>(row % kRowsOfWord) * 9;
  }

  std::array<std::array<uint32_t*, std::size(kBankCells[0])>, isa::kBanks> cells_{};
};

#endif

}  // namespace lilong::rtl
