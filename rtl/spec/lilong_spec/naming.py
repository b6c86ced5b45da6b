# SPDX-License-Identifier: Apache-2.0
"""Spelling of names in each language.

C++ camelCase, SystemVerilog snake_case fields and UpperCamelCase constants, C and Python
UPPER_CASE.  A C++ enum value that would be a reserved word gets an underscore at its end; enum
values of the other languages carry a prefix or are in capitals and cannot collide.  Field names
may not be reserved in any language (checks.py).
"""

from __future__ import annotations

import keyword

_CPP = """
alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t
char32_t class compl concept const consteval constexpr constinit const_cast continue co_await
co_return co_yield decltype default delete do double dynamic_cast else enum explicit export extern
false float for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr
operator or or_eq private protected public register reinterpret_cast requires return short signed
sizeof static static_assert static_cast struct switch template this thread_local throw true try
typedef typeid typename union unsigned using virtual void volatile wchar_t while xor xor_eq
"""

_SYSTEMVERILOG = """
accept_on alias always always_comb always_ff always_latch and assert assign assume automatic before
begin bind bins binsof bit break buf bufif0 bufif1 byte case casex casez cell chandle checker class
clocking cmos config const constraint context continue cover covergroup coverpoint cross deassign
default defparam design disable dist do edge else end endcase endchecker endclass endclocking
endconfig endfunction endgenerate endgroup endinterface endmodule endpackage endprimitive endprogram
endproperty endsequence endspecify endtable endtask enum event eventually expect export extends
extern final first_match for force foreach forever fork forkjoin function generate genvar global
highz0 highz1 if iff ifnone ignore_bins illegal_bins implements implies import incdir include
initial inout input inside instance int integer interconnect interface intersect join join_any
join_none large let liblist library local localparam logic longint macromodule matches medium
modport module nand negedge nettype new nexttime nmos nor noshowcancelled not notif0 notif1 null or
output package packed parameter pmos posedge primitive priority program property protected pull0
pull1 pulldown pullup pulsestyle_ondetect pulsestyle_onevent pure rand randc randcase randsequence
rcmos real realtime ref reg reject_on release repeat restrict return rnmos rpmos rtran rtranif0
rtranif1 s_always s_eventually s_nexttime s_until s_until_with scalared sequence shortint shortreal
showcancelled signed small soft solve specify specparam static string strong strong0 strong1 struct
super supply0 supply1 sync_accept_on sync_reject_on table tagged task this throughout time
timeprecision timeunit tran tranif0 tranif1 tri tri0 tri1 triand trior trireg type typedef union
unique unique0 unsigned until until_with untyped use uwire var vectored virtual void wait wait_order
wand weak weak0 weak1 while wildcard wire with within wor xnor xor
"""

CPP_RESERVED = frozenset(_CPP.split())
SV_RESERVED = frozenset(_SYSTEMVERILOG.split())
PYTHON_RESERVED = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist)


def pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:].lower() for part in name.split("_"))


def camel(name: str) -> str:
    text = pascal(name)
    return text[:1].lower() + text[1:]


def cpp_value(name: str) -> str:
    text = camel(name)
    return text + "_" if text in CPP_RESERVED else text


def reserved_in(name: str) -> list[str]:
    """Languages in which a field of this name would be a reserved word."""
    languages = []
    if camel(name) in CPP_RESERVED:
        languages.append("C++")
    if name in SV_RESERVED:
        languages.append("SystemVerilog")
    if name in PYTHON_RESERVED:
        languages.append("Python")
    return languages
