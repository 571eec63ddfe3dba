# cmake -D COMPILER=... -D FLAGS=(file of options) -D HEADERS=(folder) -P older_standard.cmake
# Fails unless each header says first that it needs C++20, and then nothing but that it ends there.
cmake_minimum_required(VERSION 3.25)

set(ENV{LC_ALL} C)
set(wrong 0)
file(GLOB_RECURSE headers ${HEADERS}/*.hpp)
foreach(header IN LISTS headers)
  execute_process(COMMAND ${COMPILER} @${FLAGS} -std=c++17 -E -x c++ ${header} OUTPUT_QUIET ERROR_VARIABLE said)
  string(REGEX MATCHALL "error: [^\n;]*" errors "${said}")  # the second one ends it
  list(LENGTH errors count)
  if(NOT count EQUAL 2 OR NOT errors MATCHES "^error: [^;]*rnnts needs C\\+\\+20")
    message("${header}:\n${said}")
    math(EXPR wrong "${wrong} + 1")
  endif()
endforeach()

list(LENGTH headers count)
if(wrong OR count EQUAL 0)
  message(FATAL_ERROR "${wrong} of ${count} headers do not say that they need C++20")
endif()
