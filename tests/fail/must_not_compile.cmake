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

# In English, and with quotation marks that a file can hold. Lines of the source, which the compiler quotes as "   12 | …", count, but an
# expected text is not looked for there.
set(ENV{LC_ALL} C)
string(REPEAT "[^\n]*\n" 10 ten_lines)  # nobody reads on
# The compiler stops at its first error, which takes a third of the time; only if that does not say all, it goes on.
foreach(first_error IN ITEMS -Wfatal-errors "")
  execute_process(COMMAND ${COMPILER} @${FLAGS} ${options} ${first_error} -fsyntax-only -include ${HEADERS} ${SOURCE}
                  RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(result EQUAL 0)
    message(FATAL_ERROR "it compiles, but must not")
  endif()
  set(beginning "${said}")
  if(said MATCHES "^${ten_lines}")
    set(beginning "${CMAKE_MATCH_0}")
  endif()
  string(REGEX REPLACE "\n +[0-9]* +\\|[^\n]*" "" beginning "${beginning}")

  set(missing "")
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
      set(missing "${where} without the message that is expected:\n  ${expectation}")
      break()
    endif()
  endforeach()
  if(NOT missing)
    return()
  endif()
endforeach()
message("${said}")
message(FATAL_ERROR "it does not compile, but ${missing}")
