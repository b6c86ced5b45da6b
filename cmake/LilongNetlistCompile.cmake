# SPDX-License-Identifier: Apache-2.0
# cmake -DFOLDER= -DOUTPUT= -DCOMPILER= -DLAUNCHER= -DARCHIVER= -DINCLUDE= -P LilongNetlistCompile.cmake
# Compiles the C++ that Verilator made from a netlist, all files of a folder, into one archive.
# The names of the files are known only now, hence a Ninja file written here.  Every file includes a
# header with a hundred thousand variables, so several go into one translation unit; what runs once
# (Slow) is not optimised.
set(together 8)
file(GLOB sources RELATIVE ${FOLDER} ${FOLDER}/*.cpp)
list(SORT sources)
if(NOT sources)
  message(FATAL_ERROR "no generated C++ in ${FOLDER}")
endif()
string(REPLACE ";" " " LAUNCHER "${LAUNCHER}")
set(text "rule cxx
  command = ${LAUNCHER} ${COMPILER} -std=c++20 $level -w -fPIC -fvisibility=hidden -fno-gnu-unique \
-I. -I${INCLUDE} -I${INCLUDE}/vltstd -DVERILATOR=1 -DVM_COVERAGE=0 -DVM_SC=0 -DVM_TIMING=0 \
-DVM_TRACE=0 -DVM_TRACE_FST=0 -DVM_TRACE_VCD=0 -DVM_TRACE_SAIF=0 -DVL_USER_FINISH -DVL_USER_STOP \
-DVL_USER_FATAL -c $in -o $out
  description = netlist $out
rule archive
  command = rm -f $out && ${ARCHIVER} rcs $out $in
")
set(objects "")
foreach(level O1 O0)
  set(mine ${sources})
  if(level STREQUAL O0)
    list(FILTER mine INCLUDE REGEX Slow)
  else()
    list(FILTER mine EXCLUDE REGEX Slow)
  endif()
  set(number 0)
  while(mine)
    list(SUBLIST mine 0 ${together} chunk)
    list(LENGTH chunk taken)
    list(LENGTH mine left)
    if(taken EQUAL left)
      set(mine "")
    else()
      list(SUBLIST mine ${taken} -1 mine)
    endif()
    set(unit unit_${level}_${number})
    set(includes "")
    foreach(source ${chunk})
      string(APPEND includes "#include \"${source}\"\n")
    endforeach()
    file(WRITE ${FOLDER}/units/${unit}.cc "${includes}")
    string(APPEND text "build ${unit}.o: cxx units/${unit}.cc\n  level = -${level}\n")
    list(APPEND objects ${unit}.o)
    math(EXPR number "${number} + 1")
  endwhile()
endforeach()
get_filename_component(output ${OUTPUT} NAME)
string(REPLACE ";" " " objects "${objects}")
string(APPEND text "build ${output}: archive ${objects}\n")
file(WRITE ${FOLDER}/build.ninja "${text}")
find_program(ninja ninja REQUIRED)
execute_process(COMMAND ${ninja} -C ${FOLDER} RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "compiling the netlist failed")
endif()
