# Defines the target rnnts::blas: what the library needs to call a BLAS or, with RNNTS_WITH_BLAS=OFF, to do without one.
# Included by the project's own build and by the installed package, so that both find the same things in the same way.
# Sets rnnts_blas_problem to a sentence, and defines no target, if that cannot be done.
#
# The library calls BLAS through its C interface, as a header of xtensor-blas declares it. Only that header is taken from
# there; its CMake target is not used: it insists on LAPACK, which the library never calls, and its package file does nothing
# at all, linking a BLAS included, where a target of its name is known already. Which BLAS is linked is decided by CMake's
# FindBLAS with its usual settings (BLA_VENDOR, BLA_STATIC, ...), and the choice is checked: not every BLAS has the C
# interface.

set(rnnts_blas_problem "")
if(TARGET rnnts::blas)
  return()
endif()

if(NOT RNNTS_WITH_BLAS)
  add_library(rnnts::blas INTERFACE IMPORTED GLOBAL)
  target_compile_definitions(rnnts::blas INTERFACE RNNTS_WITH_BLAS=0)
  message(STATUS "rnnts: built without a BLAS")
  return()
endif()

# rnnts_has_cblas(RESULT LIBRARY...): can a program that calls cblas_sgemm be linked with these libraries?
function(rnnts_has_cblas result)
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_LIBRARIES ${ARGN})
  set(CMAKE_REQUIRED_FLAGS "")
  set(CMAKE_REQUIRED_QUIET ON)
  string(MAKE_C_IDENTIFIER "RNNTS_CBLAS_IN_${ARGN}" answer)  # one cached answer for each choice of libraries
  check_cxx_source_compiles("extern \"C\" void cblas_sgemm(); int main() { cblas_sgemm(); }" ${answer})
  mark_as_advanced(${answer})
  set(${result} ${${answer}} PARENT_SCOPE)
endfunction()

find_path(RNNTS_XTENSOR_BLAS_INCLUDE_DIR xflens/cxxblas/drivers/cblas.h)
find_library(RNNTS_CBLAS_LIBRARY cblas)  # the reference BLAS, as its authors ship it, has the C interface in a library of its own
mark_as_advanced(RNNTS_XTENSOR_BLAS_INCLUDE_DIR RNNTS_CBLAS_LIBRARY)
find_package(BLAS QUIET)

set(rnnts_blas_libraries ${BLAS_LINKER_FLAGS} ${BLAS_LIBRARIES})
if(BLAS_FOUND)
  rnnts_has_cblas(rnnts_blas_is_complete ${rnnts_blas_libraries})
  if(NOT rnnts_blas_is_complete AND RNNTS_CBLAS_LIBRARY)
    list(PREPEND rnnts_blas_libraries ${RNNTS_CBLAS_LIBRARY})
    rnnts_has_cblas(rnnts_blas_is_complete ${rnnts_blas_libraries})
  endif()
endif()

if(NOT RNNTS_XTENSOR_BLAS_INCLUDE_DIR)
  set(rnnts_blas_problem "The headers of xtensor-blas were not found (Debian's package: libxtensor-blas-dev). Install them, add their \
prefix to CMAKE_PREFIX_PATH, or go without a BLAS by -DRNNTS_WITH_BLAS=OFF.")
elseif(NOT BLAS_FOUND)
  set(rnnts_blas_problem "No BLAS library was found (BLA_VENDOR is '${BLA_VENDOR}'; Debian's package: libopenblas-dev). Install one, \
name another one by -DBLA_VENDOR=..., or go without by -DRNNTS_WITH_BLAS=OFF.")
elseif(NOT rnnts_blas_is_complete)
  set(rnnts_blas_problem "The BLAS that was found, '${BLAS_LIBRARIES}', has no C interface (cblas_sgemm), and no library 'cblas' that \
completes it was found. Install OpenBLAS, name another BLAS by -DBLA_VENDOR=..., or go without by -DRNNTS_WITH_BLAS=OFF.")
else()
  add_library(rnnts::blas INTERFACE IMPORTED GLOBAL)
  target_compile_definitions(rnnts::blas INTERFACE RNNTS_WITH_BLAS=1)
  target_include_directories(rnnts::blas INTERFACE ${RNNTS_XTENSOR_BLAS_INCLUDE_DIR})
  target_link_libraries(rnnts::blas INTERFACE ${rnnts_blas_libraries})
  message(STATUS "rnnts: BLAS is ${rnnts_blas_libraries}")
endif()
