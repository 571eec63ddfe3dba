# Headers, CMake package, pkg-config file, licence and documentation. All of it is relocatable: the installed tree may be moved as a whole.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/rnnts)
set(pkgconfig_dir ${CMAKE_INSTALL_DATADIR}/pkgconfig)

install(DIRECTORY include/rnnts DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT rnnts FILES_MATCHING PATTERN "*.hpp")
install(TARGETS rnnts EXPORT rnnts COMPONENT rnnts)
install(EXPORT rnnts NAMESPACE rnnts:: FILE rnntsTargets.cmake DESTINATION ${package_dir} COMPONENT rnnts)

configure_package_config_file(cmake/rnntsConfig.cmake.in rnntsConfig.cmake INSTALL_DESTINATION ${package_dir}
                              NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(rnntsConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/rnntsConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/rnntsConfigVersion.cmake
              cmake/rnnts_blas.cmake cmake/rnnts_optimisation.cmake
        DESTINATION ${package_dir} COMPONENT rnnts)

# The pages find each other, their plots and the examples by relative paths, and so lie to each other as they do here.
install(FILES LICENSE README.md CHANGELOG.md CONTRIBUTING.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT rnnts)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT rnnts FILES_MATCHING PATTERN "*.md" PATTERN "*.png")
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT rnnts PATTERN CMakeLists.txt EXCLUDE)

# pkg-config knows no search: it gets the BLAS that was found here.
file(RELATIVE_PATH pc_prefix /${pkgconfig_dir} /)  # from the file up to the prefix
string(REGEX REPLACE "/$" "" pc_prefix ${pc_prefix})
set(pc_cflags "-DRNNTS_WITH_BLAS=0")
set(pc_libs "")
if(RNNTS_WITH_BLAS)
  set(pc_cflags "-DRNNTS_WITH_BLAS=1 -I${RNNTS_XTENSOR_BLAS_INCLUDE_DIR}")
  list(JOIN rnnts_blas_libraries " " pc_libs)
endif()
string(APPEND pc_libs " ${CMAKE_THREAD_LIBS_INIT}")
configure_file(cmake/rnnts.pc.in rnnts.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/rnnts.pc DESTINATION ${pkgconfig_dir} COMPONENT rnnts)
