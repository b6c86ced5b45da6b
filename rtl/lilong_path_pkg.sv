// SPDX-License-Identifier: Apache-2.0
// What travels through the array path: work of one instruction, pieces of a K step, beats.
//
// Positions inside a row (`x`) are saturated: everything at or above 2^25 lies right of any image
// (in_row_bytes < 2^24, pad_left < 2^24), so masks are exact although true positions need 57 bits.
// Addresses are modulo 2^24; those of bytes inside the image are exact.
/* verilator lint_off UNUSEDPARAM */
package lilong_path_pkg;

  localparam logic [27:0] FarRight = 28'h2000000;  // 2^25, saturated position
  localparam int unsigned ReadLatency = 4;  // cycles from the grant of a vector to its data

  // Bank of a vector of the scratchpad, one hot; lowest bits of its number.
  function automatic logic [7:0] bank_hot(input logic [5:0] vector);
    bank_hot = 8'd1 << 3'(vector[2:0] + vector[5:3]);
  endfunction

  // One instruction, products done.
  typedef struct packed {
    logic        fence;
    logic [3:0]  seq;          // number of the instruction, for the fence
    logic        depthwise;    // dwconv or pool
    logic        pool;         // no weights
    logic        max;          // maximum instead of a sum
    logic [7:0]  pad;          // value of bytes outside the image
    logic [15:0] out_height;
    logic [15:0] out_width;
    logic [15:0] groups;       // lane groups
    logic [15:0] steps;
    logic [5:0]  stripe;
    logic [15:0] in_height;
    logic [23:0] row_bytes;
    logic [7:0]  stride_y;
    logic [15:0] stride_x;     // columns, depthwise only
    logic [7:0]  kernel_rows;
    logic [7:0]  kernel_cols;
    logic [7:0]  dilation_y;
    logic [23:0] dilation_x;   // conv: bytes from column to column; depthwise: pixel pitch
    logic [15:0] run;
    logic [7:0]  pad_top;
    logic [23:0] pad_left;
    logic [23:0] row0;         // address of output row 0: in_addr - pad_top * in_row_pitch
    logic [23:0] row_step;     // stride_y * in_row_pitch
    logic [23:0] row_dilation; // dilation_y * in_row_pitch
    logic [27:0] col_step;     // bytes from output column to output column, saturated
    logic [24:0] left_cols;    // columns left of the image at output column 0
    logic [23:0] left_x;       // byte position of the first column that is not
  } work_t;

  // What the weight fetch needs of an instruction.
  typedef struct packed {
    logic        window;    // blocks of the lanes that a window uses, not of all
    logic [23:0] addr;
    logic [15:0] groups;
    logic [15:0] steps;
    logic [5:0]  stripe;
    logic [31:0] positions;
  } blocks_t;

  // Part of a K step that comes from one kernel row, or one kernel row of a depthwise pass.
  typedef struct packed {
    logic [16:0] iy;    // rows below the first kernel row
    logic [27:0] x;     // bytes right of the first kernel column, saturated
    logic [23:0] addr;  // iy in bytes
    logic [6:0]  n;     // bytes, 0: no piece
    logic [6:0]  dst;   // first byte in the vector
  } piece_t;

  typedef struct packed {
    piece_t [2:0] piece;
    logic         last;   // last step of the kernel
    logic         first;
    logic [7:0]   k0;     // depthwise: first kernel column of the pass
    logic [6:0]   cols;   // depthwise: kernel columns of the pass
    logic [1:0]   rows;   // depthwise: kernel rows of the pass
    logic [6:0]   last_col; // cols - 1
    logic [8:0]   end_k;  // depthwise: last kernel column of the pass
  } step_t;

  // What a beat does behind the stream; never depends on data.
  typedef struct packed {
    logic       open;     // first beat of an instruction
    logic       fence;
    logic [3:0] seq;
    logic       depthwise;
    logic       pool;
    logic       max;
    logic [7:0] pad;
    logic       shift;    // depthwise: a column enters the window
    logic       init;     // depthwise: the window is filled with pad first
    logic       compute;  // the array multiplies
    logic       load;     // first computing beat of a step: next weights become active
    logic       first;    // first step: the accumulator is not read
    logic       last;     // last step: the result leaves
    logic       single;   // the stripe has one position and several steps
    logic [4:0] index;    // position in the stripe
    logic [6:0] cols;
    logic [1:0] rows;
    logic [1:0] taps;     // kernel rows that a pass may cover: 1, 2, 3
  } action_t;

  // A beat before the image bounds are looked at.
  typedef struct packed {
    logic [2:0][27:0] x;     // signed
    logic [2:0][26:0] iy;    // signed
    logic [2:0][23:0] addr;  // of the row
    logic [2:0][6:0]  n;
    logic [2:0][6:0]  dst;
    logic             left;  // depthwise: the column is left of the image
    action_t          act;
  } place_t;

  // Where a stream's bytes go: ring of two vectors rotated right by `rot`, then masks.
  typedef struct packed {
    logic [6:0] rot;
    logic [6:0] from;   // first byte of the vector that is inside the image
    logic [6:0] to;     // behind the last
    logic [6:0] dst;    // first byte of the piece
    logic [6:0] stop;   // behind the last
  } mask_t;

  // What the stream needs to take a beat.
  typedef struct packed {
    logic [2:0][22:0] even;       // even vector address / 2
    logic [2:0][22:0] odd;
    logic [2:0]       need_even;
    logic [2:0]       need_odd;
    logic             open;       // first beat of an instruction
    logic             fence;
    logic [3:0]       seq;
    logic             weights;    // takes the next block
    logic             result;     // takes a result entry
    logic             compute;
    logic             gap;        // no release in the next cycle
  } beat_t;

  // What it needs once the beat is released.
  typedef struct packed {
    mask_t [2:0]      mask;
    action_t          act;
  } payload_t;

endpackage
