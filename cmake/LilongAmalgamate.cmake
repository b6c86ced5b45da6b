# SPDX-License-Identifier: Apache-2.0
# cmake -DFOLDER=generated -DOUTPUT=all.cpp -P LilongAmalgamate.cmake
# Writes one C++ file that includes every C++ file of the folder, in the order of their names.
file(GLOB sources ${FOLDER}/*.cpp)
list(SORT sources)
set(text "")
foreach(source ${sources})
  string(APPEND text "#include \"${source}\"\n")
endforeach()
if(NOT text)
  message(FATAL_ERROR "no generated C++ in ${FOLDER}")
endif()
file(WRITE ${OUTPUT} "${text}")
