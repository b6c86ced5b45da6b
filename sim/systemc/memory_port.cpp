// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/memory_port.hpp"

#include <algorithm>
#include <cstring>

namespace lilong::systemc {

namespace {

constexpr uint64_t kTransactionBytes = 4096;

}  // namespace

MemoryPort::MemoryPort(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {
  socket.register_invalidate_direct_mem_ptr(this, &MemoryPort::invalidate);
}

void MemoryPort::invalidate(sc_dt::uint64 first, sc_dt::uint64 last) {
  if (dmi_ && first <= dmi_->get_end_address() && last >= dmi_->get_start_address()) dmi_.reset();
}

// Where the address lies in the memory of the target; shortens `count` to what lies behind it.
uint8_t* MemoryPort::direct(tlm::tlm_command command, uint64_t address, uint64_t& count) const {
  if (!dmi_ || address < dmi_->get_start_address() || address > dmi_->get_end_address())
    return nullptr;
  if (command == tlm::TLM_READ_COMMAND ? !dmi_->is_read_allowed() : !dmi_->is_write_allowed()) {
    return nullptr;
  }
  const uint64_t behind = dmi_->get_end_address() - address;  // + 1 may not fit
  if (count - 1 > behind) count = behind + 1;
  return dmi_->get_dmi_ptr() + (address - dmi_->get_start_address());
}

bool MemoryPort::move(tlm::tlm_command command, uint64_t address, uint8_t* bytes, uint64_t count) {
  while (count > 0) {
    uint64_t part = count;
    if (uint8_t* memory = direct(command, address, part); memory != nullptr) {
      if (command == tlm::TLM_READ_COMMAND) {
        std::memcpy(bytes, memory, part);
      } else {
        std::memcpy(memory, bytes, part);
      }
      direct_bytes_ += part;
    } else {
      part = std::min(count, kTransactionBytes);
      tlm::tlm_generic_payload payload;
      payload.set_command(command);
      payload.set_address(address);
      payload.set_data_ptr(bytes);
      payload.set_data_length(static_cast<unsigned>(part));
      payload.set_streaming_width(static_cast<unsigned>(part));
      payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
      sc_core::sc_time dropped = sc_core::SC_ZERO_TIME;
      socket->b_transport(payload, dropped);
      ++transactions_;
      if (payload.is_response_error()) {
        failed_ = address;
        return false;
      }
      if (payload.is_dmi_allowed()) {
        tlm::tlm_dmi dmi;
        payload.set_address(address);
        if (socket->get_direct_mem_ptr(payload, dmi)) dmi_ = dmi;
      }
    }
    address += part;
    bytes += part;
    count -= part;
  }
  return true;
}

bool MemoryPort::read(uint64_t address, std::span<uint8_t> bytes) {
  return move(tlm::TLM_READ_COMMAND, address, bytes.data(), bytes.size());
}

// The payload has one pointer for both directions; a write does not change what it points to.
bool MemoryPort::write(uint64_t address, std::span<const uint8_t> bytes) {
  return move(tlm::TLM_WRITE_COMMAND, address, const_cast<uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace lilong::systemc
