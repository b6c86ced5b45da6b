# SPDX-License-Identifier: Apache-2.0
# cmake -DFOLDER= -DOUTPUT= -DCOMPILER= -DLAUNCHER= -DARCHIVER= -DINCLUDE= -P LilongNetlistCompile.cmake
# Compiles the C++ that Verilator made from a netlist, all files of a folder, into one archive.
# The names of the files are known only now, hence a Ninja file written here.
file(GLOB sources RELATIVE ${FOLDER} ${FOLDER}/*.cpp)
list(SORT sources)
if(NOT sources)
  message(FATAL_ERROR "no generated C++ in ${FOLDER}")
endif()
string(REPLACE ";" " " LAUNCHER "${LAUNCHER}")
set(text "rule cxx
  command = ${LAUNCHER} ${COMPILER} -std=c++20 -O1 -w -fPIC -fvisibility=hidden -fno-gnu-unique \
-I. -I${INCLUDE} -I${INCLUDE}/vltstd -DVERILATOR=1 -DVM_COVERAGE=0 -DVM_SC=0 -DVM_TIMING=0 \
-DVM_TRACE=0 -DVM_TRACE_FST=0 -DVM_TRACE_VCD=0 -DVM_TRACE_SAIF=0 -DVL_USER_FINISH -DVL_USER_STOP \
-DVL_USER_FATAL -c $in -o $out
rule archive
  command = rm -f $out && ${ARCHIVER} rcs $out $in
")
set(objects "")
foreach(source ${sources})
  string(APPEND text "build ${source}.o: cxx ${source}\n")
  list(APPEND objects ${source}.o)
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
