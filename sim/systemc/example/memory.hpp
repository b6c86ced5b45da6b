// SPDX-License-Identifier: Apache-2.0
// Memory: zero at first, one target socket per initiator, with or without DMI.
#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <systemc>
#include <tlm>

#include <cstring>
#include <vector>

namespace lilong::systemc::example {

class Memory final : public sc_core::sc_module {
 public:
  using Socket = tlm_utils::simple_target_socket<Memory, 64>;

  Memory(const sc_core::sc_module_name& name, uint64_t base, uint64_t bytes, bool direct)
      : sc_module(name), host("host"), chip("chip"), base_(base), bytes_(bytes), direct_(direct) {
    for (Socket* socket : {&host, &chip}) {
      socket->register_b_transport(this, &Memory::transport);
      socket->register_get_direct_mem_ptr(this, &Memory::grant);
    }
  }

  Socket host, chip;

  uint64_t base() const { return base_; }
  uint64_t size() const { return bytes_.size(); }

 private:
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const uint64_t count = payload.get_data_length(), offset = payload.get_address() - base_;
    if (payload.get_address() < base_ || count > bytes_.size() || offset > bytes_.size() - count) {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    if (payload.get_byte_enable_ptr() != nullptr) {
      payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
      return;
    }
    if (payload.is_read()) std::memcpy(payload.get_data_ptr(), bytes_.data() + offset, count);
    if (payload.is_write()) std::memcpy(bytes_.data() + offset, payload.get_data_ptr(), count);
    delay += kLatency;
    payload.set_dmi_allowed(direct_);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  bool grant(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
    dmi.set_start_address(base_);
    dmi.set_end_address(base_ + bytes_.size() - 1);
    dmi.set_dmi_ptr(bytes_.data());
    dmi.set_read_latency(kLatency);
    dmi.set_write_latency(kLatency);
    dmi.allow_read_write();
    return direct_;
  }

  const sc_core::sc_time kLatency{100, sc_core::SC_NS};
  uint64_t base_;
  std::vector<uint8_t> bytes_;
  bool direct_;
};

}  // namespace lilong::systemc::example
