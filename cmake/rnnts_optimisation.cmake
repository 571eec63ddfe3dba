# Warns a project whose programs would be compiled without optimisation because nobody asked for any. It changes no flags.
# Included by the project's own build and by the installed package. A build type, Debug too, or an -O in the flags is an answer.

get_property(rnnts_has_configurations GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
get_directory_property(rnnts_compile_options COMPILE_OPTIONS)
if(NOT (rnnts_has_configurations OR CMAKE_BUILD_TYPE OR "${CMAKE_CXX_FLAGS};${rnnts_compile_options}" MATCHES "(^|[ ;])-O"))
  message(WARNING "rnnts: CMAKE_BUILD_TYPE is empty, and so the compiler does not optimise: nets run tens of times slower. "
                  "Configure with -DCMAKE_BUILD_TYPE=Release; any build type, such as None or Debug, ends this warning.")
endif()
