// SPDX-License-Identifier: Apache-2.0
// Checks a descriptor completely, in program order, then appends it to its queue.
//
//   Take --> Flags --> Act --+--> Terms: one footprint term per cycle ----> Drain --> Push --> Take
//                            |      term --> multiply --> add --> compare
//                            +--> Push (no footprints)
//                            +--> Done (END)   +--> Trapped (precise trap, reported until clr_i)
//
// Order of checks: opcode, reserved bits, valid, then the footprints in the order of the spec; of a
// region footprint first the range, then the right.  The rules themselves are generated
// (gen/lilong_checks.svh); here are only the counting and the arithmetic (52 bits, proved enough).
`include "lilong_assert.svh"

module lilong_decode #(
    parameter int unsigned Lanes = 16,
    parameter int unsigned Depth = 16,
    parameter int unsigned ScratchpadBytes = 524288
) (
    input  logic           clk_i,
    input  logic           rst_ni,
    input  logic           clr_i,
    output logic [2:0]     window_index_o,   // region of the descriptor, and its window
    input  logic [31:0]    window_size_i,
    input  logic [1:0]     window_access_i,
    input  logic           desc_valid_i,
    output logic           desc_ready_o,
    input  logic           desc_missing_i,
    input  logic [511:0]   desc_i,
    input  logic [25:0]    desc_number_i,
    output logic           push_write_o,     // what may be pushed is complete
    output logic [2:0]     push_valid_o,     // one bit per queue
    input  logic [2:0]     push_ready_i,
    output logic [511:0]   push_desc_o,
    output logic           push_empty_o,
    output logic [5:0]     push_kind_o,      // see lilong_exec
    output logic [31:0]    push_instr_o,
    output logic           decoded_o,        // an instruction was accepted in this cycle
    output logic           done_o,           // END was decoded
    output logic           blocked_o,        // waits for a full queue
    output logic           trap_o,           // a precise trap is pending
    output logic [7:0]     trap_code_o,
    output logic [51:0]    trap_addr_o,
    output logic [31:0]    instr_o           // instruction of the trap, or number of END
);
  `include "lilong_checks.svh"

  function automatic logic [2:0] num_terms_of(input logic [511:0] desc, input logic [2:0] index);
    /* verilator lint_off UNUSEDSIGNAL */
    lilong_isa_pkg::footprint_t found;
    /* verilator lint_on UNUSEDSIGNAL */
    found        = footprint(desc, index);
    num_terms_of = found.num_terms;
  endfunction

  typedef enum logic [2:0] {
    StTake,
    StFlags,
    StAct,
    StTerms,
    StDrain,
    StPush,
    StDone,
    StTrapped
  } state_e;

  localparam int unsigned SpBits = $clog2(ScratchpadBytes);

  state_e state_q;
  logic [511:0] desc_q;
  logic [25:0] number_q;
  logic missing_q, legal_q, valid_q, empty_q;
  logic [3:0] reserved_q;  // reserved bits are set in a quarter of the descriptor
  logic [511:0] reserved;
  logic reserved_clear;
  assign reserved       = desc_q & reserved_mask(desc_q);
  assign reserved_clear = reserved_q == '0;
  logic [1:0] queue_q;
  logic [2:0] footprints_q;
  logic [7:0] code_q;
  logic [51:0] trap_addr_q;

  // ---- footprint pipeline: the slot (index_q, term_q) is picked in the cycle before the one in
  // which it enters, which is one of StTerms
  logic [2:0] index_q, term_q;
  lilong_isa_pkg::footprint_t fp, fp_q;
  lilong_isa_pkg::footprint_term_t fp_term, fp_term_q;
  logic pick, slot_last_term, slot_last;
  logic fp_first_q, fp_last_term_q, fp_last_q;
  logic [3:0][2:0] num_terms_q, num_terms;  // of each footprint

  always_comb begin
    num_terms = '0;
    for (int unsigned i = 0; i < MaxFootprints; i++) begin
      if (state_q == StFlags) num_terms[i] = num_terms_of(desc_q, 3'(i));
    end
  end
  always_ff @(posedge clk_i) begin
    if (state_q == StFlags) num_terms_q <= num_terms;
  end

  // Fewer bits to look at: no opcode has the others, no footprint more than 4 terms.
  logic [511:0] legal_desc;
  assign legal_desc = {desc_q[511:8], 2'b00, desc_q[5:4], 1'b0, desc_q[2:0]};
  assign pick       = (state_q == StAct) || (state_q == StTerms);
  always_comb begin
    fp      = '0;
    fp_term = '0;
    if (pick) begin
      fp      = footprint(legal_desc, {1'b0, index_q[1:0]});
      fp_term = footprint_term(legal_desc, {1'b0, index_q[1:0]}, {1'b0, term_q[1:0]});
    end
  end
  // A footprint without terms takes one slot whose product is zero.
  assign slot_last_term = (term_q + 3'd1) >= num_terms_q[index_q[1:0]];
  assign slot_last      = slot_last_term && (index_q + 3'd1 == footprints_q);

  always_ff @(posedge clk_i) begin
    if (pick) begin
      fp_q           <= fp;
      fp_term_q      <= fp_term;
      fp_first_q     <= term_q == '0;
      fp_last_term_q <= slot_last_term;
      fp_last_q      <= slot_last;
    end
  end

  typedef struct packed {
    logic        valid;
    logic        first;      // first term of the footprint
    logic        last;       // last term of the footprint
    logic        active;
    logic        is_region;
    logic        is_write;
    logic [51:0] start;      // base + extent
  } slot_t;

  slot_t s1_q, s2_q;
  logic [16:0] s1_count_q;
  logic [39:0] s1_stride_q;
  logic [51:0] s2_product_q;
  logic s3_valid_q, s3_last_q, s3_active_q, s3_region_q, s3_write_q;
  logic [51:0] s3_sum_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      s1_q         <= '0;
      s2_q         <= '0;
      s1_count_q   <= '0;
      s1_stride_q  <= '0;
      s2_product_q <= '0;
      s3_valid_q   <= 1'b0;
      s3_last_q    <= 1'b0;
      s3_active_q  <= 1'b0;
      s3_region_q  <= 1'b0;
      s3_write_q   <= 1'b0;
      s3_sum_q     <= '0;
    end else if (clr_i || (state_q == StTake)) begin
      s1_q.valid <= 1'b0;
      s2_q.valid <= 1'b0;
      s3_valid_q <= 1'b0;
    end else begin
      s1_q.valid <= state_q == StTerms;
      if (state_q == StTerms) begin
        s1_q.first     <= fp_first_q;
        s1_q.last      <= fp_last_term_q;
        s1_q.active    <= fp_q.active;
        s1_q.is_region <= fp_q.is_region;
        s1_q.is_write  <= fp_q.is_write;
        s1_q.start     <= fp_q.base + fp_q.extent;
        s1_count_q     <= (fp_q.num_terms == '0) ? '0 : fp_term_q.count - 17'd1;
        s1_stride_q    <= fp_term_q.stride;
      end
      s2_q.valid <= s1_q.valid;
      if (s1_q.valid) begin
        s2_q         <= s1_q;
        s2_product_q <= 52'(s1_count_q) * 52'(s1_stride_q);
      end
      s3_valid_q <= s2_q.valid;
      if (s2_q.valid) begin
        s3_sum_q    <= (s2_q.first ? s2_q.start : s3_sum_q) + s2_product_q;
        s3_last_q   <= s2_q.last;
        s3_active_q <= s2_q.active;
        s3_region_q <= s2_q.is_region;
        s3_write_q  <= s2_q.is_write;
      end
    end
  end

  // ---- verdict of the footprint in stage 3; windows do not change while a job runs
  logic [2:0] region_q;
  logic [31:0] window_size_q;
  logic [1:0] window_access_q;
  always_ff @(posedge clk_i) begin
    if (state_q == StFlags) region_q <= region_of(desc_q);
    if (pick) begin
      window_size_q   <= window_size_i;
      window_access_q <= window_access_i;
    end
  end

  logic region_right;
  logic check, fail_access, fail_region, fail_scratchpad;
  assign window_index_o  = region_q;
  assign region_right    = window_access_q[s3_write_q];
  assign check           = s3_valid_q && s3_last_q && s3_active_q;
  assign fail_region     = check && s3_region_q && (s3_sum_q[51:32] != '0 || s3_sum_q[31:0] > window_size_q);
  assign fail_access     = check && s3_region_q && !region_right;
  // the size is a power of two
  assign fail_scratchpad = check && !s3_region_q && s3_sum_q[51:SpBits] != '0 &&
                           !(s3_sum_q[51:SpBits] == (52 - SpBits)'(1) && s3_sum_q[SpBits-1:0] == '0);

  logic push_fire;
  assign push_fire    = |(push_valid_o & push_ready_i);
  assign desc_ready_o = state_q == StTake;
  assign push_desc_o  = desc_q;
  assign push_write_o = state_q == StAct;
  assign push_empty_o = empty_q;
  always_comb begin
    push_kind_o    = '0;
    push_kind_o[5] = empty_q;
    unique case (desc_q[7:0])
      lilong_isa_pkg::OpcodeConv, lilong_isa_pkg::OpcodeDwconv: begin
        push_kind_o[0] = !empty_q;
        push_kind_o[2] = 1'b1;
      end
      lilong_isa_pkg::OpcodePool:    push_kind_o[0] = !empty_q;
      lilong_isa_pkg::OpcodeEltwise: push_kind_o[1] = 1'b1;
      lilong_isa_pkg::OpcodeSoftmax: {push_kind_o[3], push_kind_o[1]} = 2'b11;
      lilong_isa_pkg::OpcodeCopy:    {push_kind_o[4], push_kind_o[1]} = 2'b11;
      default: push_kind_o[5] = 1'b1;
    endcase
  end
  assign push_instr_o = {6'd0, number_q};
  always_comb begin
    push_valid_o = '0;
    if (state_q == StPush) push_valid_o[queue_q] = 1'b1;
  end
  assign decoded_o = push_fire || (state_q == StAct && legal_q && reserved_clear && valid_q && !missing_q &&
                                   (queue_q == lilong_isa_pkg::QueueControl));
  assign done_o      = state_q == StDone;
  assign blocked_o   = (state_q == StPush) && !push_fire;
  assign trap_o      = state_q == StTrapped;
  assign trap_code_o = code_q;
  assign trap_addr_o = trap_addr_q;
  assign instr_o     = {6'd0, number_q};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q      <= StTake;
      desc_q       <= '0;
      number_q     <= '0;
      missing_q    <= 1'b0;
      legal_q      <= 1'b0;
      reserved_q   <= '0;
      valid_q      <= 1'b0;
      empty_q      <= 1'b0;
      queue_q      <= '0;
      footprints_q <= '0;
      code_q       <= '0;
      trap_addr_q  <= '0;
      index_q      <= '0;
      term_q       <= '0;
    end else if (clr_i) begin
      state_q <= StTake;
    end else begin
      unique case (state_q)
        StTake: begin
          if (desc_valid_i) begin
            desc_q    <= desc_i;
            number_q  <= desc_number_i;
            missing_q <= desc_missing_i;
            state_q   <= StFlags;
          end
        end
        StFlags: begin
          legal_q      <= opcode_legal(desc_q);
          for (int unsigned i = 0; i < 4; i++) reserved_q[i] <= |reserved[i*128+:128];
          valid_q      <= valid_ok(desc_q);
          empty_q      <= empty(desc_q);
          queue_q      <= opcode_queue(desc_q);
          footprints_q <= num_footprints(desc_q);
          index_q      <= '0;
          term_q       <= '0;
          state_q      <= StAct;
        end
        StAct: begin
          trap_addr_q <= '0;
          state_q     <= StTrapped;
          if (missing_q) begin
            code_q      <= lilong_isa_pkg::TrapProgramRange;
            trap_addr_q <= {20'd0, number_q, 6'd0};
          end else if (!legal_q) code_q <= lilong_isa_pkg::TrapIllegalOpcode;
          else if (!reserved_clear) code_q <= lilong_isa_pkg::TrapReservedBits;
          else if (!valid_q) code_q <= lilong_isa_pkg::TrapBadField;
          else if (queue_q == lilong_isa_pkg::QueueControl) state_q <= StDone;
          else if (empty_q || (footprints_q == '0)) state_q <= StPush;
          else state_q <= StTerms;
        end
        StTerms: begin
          if (fp_last_q) state_q <= StDrain;
        end
        StDrain: begin
          if (!s1_q.valid && !s2_q.valid) state_q <= StPush;
        end
        StPush: begin
          if (push_fire) state_q <= StTake;
        end
        StDone, StTrapped: ;
        default: state_q <= StTake;
      endcase
      if (pick) begin
        term_q <= slot_last_term ? '0 : term_q + 3'd1;
        if (slot_last_term) index_q <= index_q + 3'd1;
      end
      // The first footprint that fails wins; later slots are dropped with the state.
      if ((state_q == StTerms) || (state_q == StDrain)) begin
        if (fail_access || fail_region || fail_scratchpad) state_q <= StTrapped;
        code_q      <= fail_region ? lilong_isa_pkg::TrapRegionRange :
                       (fail_access ? lilong_isa_pkg::TrapRegionAccess : lilong_isa_pkg::TrapScratchpadRange);
        trap_addr_q <= s3_sum_q;
      end
    end
  end

  `LILONG_ASSERT(FootprintInRange, (state_q != StTerms) || (32'(index_q) <= MaxFootprints))
  `LILONG_ASSERT_STATIC(PowerOfTwo, 2 ** SpBits == ScratchpadBytes)
endmodule
