# cmake -P check_include_order.cmake DIR: includes in the headers of DIR (include/rnnts) point downward only.
# Reports every include that does not, and fails if there is one.
cmake_minimum_required(VERSION 3.25)
math(EXPR last "${CMAKE_ARGC} - 1")
file(REAL_PATH ${CMAKE_ARGV${last}} root)

# For each folder the folders and single headers that it may include. A header directly in include/rnnts may include all.
set(core_sees core)
set(tensor_sees core tensor)
set(kernels_sees core tensor kernels)
# Each layer stands alone, but for what defines them, and for the further files of the recurrent ones.
set(layers_sees core tensor kernels layers/layer.hpp layers/sizes.hpp layers/recurrent.hpp layers/stack.hpp
    layers/recurrent_options.hpp layers/cell.hpp layers/recurrence.hpp layers/recurrence_lanes.hpp
    layers/recurrence_packs.hpp)
set(losses_sees core tensor kernels losses)
set(optimizers_sees core tensor optimizers)
set(series_sees core tensor series)
set(model_sees core tensor kernels layers losses optimizers series model)
set(forecast_sees core tensor kernels layers losses optimizers series model forecast)
set(io_sees core tensor kernels layers losses optimizers series model forecast io)
set(distributed_sees core tensor kernels layers losses optimizers series model forecast distributed)

# The bridges: the only places that include these libraries.
set(only_in_tensor "^[<\"](xtensor|xtl)/")
set(only_in_kernels "^[<\"](xtensor-blas/|xflens/|cblas|openblas|xsimd/)")
set(only_in_distributed "^[<\"]mpi")

set(wrong 0)
function(report text)
  message("${root}/${header}: ${line}\n  ${text}")
  math(EXPR wrong "${wrong} + 1")
  set(wrong ${wrong} PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE headers RELATIVE ${root} ${root}/*.hpp)
foreach(header IN LISTS headers)
  set(folder "")
  if(header MATCHES "^([^/]+)/")
    set(folder ${CMAKE_MATCH_1})
  endif()

  file(STRINGS ${root}/${header} lines REGEX "^[ \t]*#[ \t]*include")
  foreach(line IN LISTS lines)
    string(REGEX MATCH "[<\"][^>\"]+" what "${line}")  # with the opening sign: <vector or "rnnts/core/error.hpp

    if(what MATCHES "^[<\"]rnnts/(([^/]+)/.+)")
      set(path ${CMAKE_MATCH_1})
      set(target ${CMAKE_MATCH_2})
      if(folder STREQUAL "")
        continue()
      elseif(NOT DEFINED ${folder}_sees)
        report("the folder '${folder}' has no place in the order; give it one in check_include_order.cmake")
      elseif(NOT target IN_LIST ${folder}_sees AND NOT path IN_LIST ${folder}_sees)
        report("${folder}/ must not include ${path}")
      endif()
    elseif(what MATCHES "^[<\"]rnnts/")
      report("a header must not include the umbrella")
    elseif(what MATCHES "^\"")
      report("write the whole path, \"rnnts/...\"")
    elseif(what MATCHES ${only_in_tensor} AND NOT folder STREQUAL "tensor")
      report("only tensor/ includes xtensor")
    elseif(what MATCHES ${only_in_kernels} AND NOT folder STREQUAL "kernels")
      report("only kernels/ includes a BLAS or xsimd")
    elseif(what MATCHES ${only_in_distributed} AND NOT folder STREQUAL "distributed")
      report("only distributed/ includes MPI")
    endif()
  endforeach()
endforeach()

list(LENGTH headers count)
if(count EQUAL 0)
  message(FATAL_ERROR "no headers in '${root}'")
elseif(wrong)
  message(FATAL_ERROR "${wrong} includes in the wrong direction")
endif()
message("${count} headers, all includes point downward")
