// SPDX-License-Identifier: Apache-2.0
// MemoryPort: blocks of bytes through a TLM-2.0 initiator socket, directly where the target offers
// DMI.  Time that the target annotates is dropped: the port moves values only.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm>

#include <cstdint>
#include <optional>
#include <span>

namespace lilong::systemc {

class MemoryPort : public sc_core::sc_module {
 public:
  explicit MemoryPort(const sc_core::sc_module_name& name);

  tlm_utils::simple_initiator_socket<MemoryPort, 64> socket;

  // False when the target answers with an error; `failed` then is the address of that transaction.
  bool read(uint64_t address, std::span<uint8_t> bytes);
  bool write(uint64_t address, std::span<const uint8_t> bytes);
  uint64_t failed() const { return failed_; }

  uint64_t transactions() const { return transactions_; }  // so far
  uint64_t directBytes() const { return direct_bytes_; }   // moved through DMI so far

 private:
  bool move(tlm::tlm_command command, uint64_t address, uint8_t* bytes, uint64_t count);
  uint8_t* direct(tlm::tlm_command command, uint64_t address, uint64_t& count) const;
  void invalidate(sc_dt::uint64 first, sc_dt::uint64 last);

  std::optional<tlm::tlm_dmi> dmi_;
  uint64_t failed_ = 0, transactions_ = 0, direct_bytes_ = 0;
};

}  // namespace lilong::systemc
