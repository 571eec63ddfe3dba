# cmake -D COMPILER=... -D FLAGS=(file of options) -D HEADERS=(file to include first) -D SOURCE=... -P must_not_compile.cmake
# Fails unless SOURCE does not compile and every `// expect: ` line of it is part of what the compiler says.
cmake_minimum_required(VERSION 3.25)

message("${SOURCE}")
file(STRINGS ${SOURCE} expectations REGEX "^// expect: ")
if(NOT expectations)
  message(FATAL_ERROR "the file says no message to expect")
endif()

file(STRINGS ${SOURCE} options REGEX "^// flags: ")
string(REPLACE "// flags: " "" options "${options}")
separate_arguments(options UNIX_COMMAND "${options}")

# In English, and with quotation marks that a file can hold.
set(ENV{LC_ALL} C)
execute_process(COMMAND ${COMPILER} @${FLAGS} ${options} -fsyntax-only -include ${HEADERS} ${SOURCE} RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(result EQUAL 0)
  message(FATAL_ERROR "it compiles, but must not")
endif()

foreach(expectation IN LISTS expectations)
  string(REPLACE "// expect: " "" expectation "${expectation}")
  string(FIND "${said}" "${expectation}" position)
  if(position EQUAL -1)
    message("${said}")
    message(FATAL_ERROR "it does not compile, but without the message that is expected:\n  ${expectation}")
  endif()
endforeach()
