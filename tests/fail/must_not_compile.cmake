# cmake -D COMPILER=... -D FLAGS=(file of options) -D HEADERS=(file to include first) -D SOURCE=... -P must_not_compile.cmake
# Fails unless SOURCE does not compile and every `// expect: ` line of it is part of the first ten lines that the compiler says, or
# every `// expect further down: ` line part of all lines.
cmake_minimum_required(VERSION 3.25)

message("${SOURCE}")
file(STRINGS ${SOURCE} expectations REGEX "^// expect( further down)?: ")
if(NOT expectations)
  message(FATAL_ERROR "the file says no message to expect")
endif()
file(STRINGS ${SOURCE} options REGEX "^// flags: ")
string(REPLACE "// flags: " "" options "${options}")
separate_arguments(options UNIX_COMMAND "${options}")

# In English, and with quotation marks that a file can hold.
set(ENV{LC_ALL} C)
execute_process(COMMAND ${COMPILER} @${FLAGS} ${options} -fsyntax-only -include ${HEADERS} ${SOURCE}
                RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(result EQUAL 0)
  message(FATAL_ERROR "it compiles, but must not")
endif()

# Nobody reads on. Lines of the source, which the compiler quotes as "   12 | …", count, but an expected text is not looked for there.
set(beginning "${said}")
string(REPEAT "[^\n]*\n" 10 ten_lines)
if(said MATCHES "^${ten_lines}")
  set(beginning "${CMAKE_MATCH_0}")
endif()
string(REGEX REPLACE "\n +[0-9]* +\\|[^\n]*" "" beginning "${beginning}")

foreach(expectation IN LISTS expectations)
  set(searched "${beginning}")
  set(where "the first ten lines are")
  if(expectation MATCHES "^// expect further down: ")
    set(searched "${said}")
    set(where "all of it is")
  endif()
  string(REGEX REPLACE "^// expect( further down)?: " "" expectation "${expectation}")
  string(FIND "${searched}" "${expectation}" position)
  if(position EQUAL -1)
    message("${said}")
    message(FATAL_ERROR "it does not compile, but ${where} without the message that is expected:\n  ${expectation}")
  endif()
endforeach()
