# cmake -D BUILD=... -D PREFIX=... -P install_and_move.cmake: installs the library elsewhere and moves it to PREFIX.
file(REMOVE_RECURSE ${PREFIX} ${PREFIX}.before)
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --component rnnts --prefix ${PREFIX}.before COMMAND_ERROR_IS_FATAL ANY)
file(RENAME ${PREFIX}.before ${PREFIX})
