# The instruction set of ESP32-C3 and C6, with Debian's compiler and picolibc (its release build: memcpy by words, as in the ROM).
# Read once, at the first configuration; what may change stands in CMakeLists.txt.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv32)
set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_ASM_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(TARGET_MACHINE "-march=rv32imc_zicsr -mabi=ilp32 --specs=picolibc.specs --picolibc-buildtype=release")
set(CMAKE_C_FLAGS_INIT "${TARGET_MACHINE}")
set(CMAKE_ASM_FLAGS_INIT "${TARGET_MACHINE}")
# Libraries are chosen by -march, and none is named for _zicsr.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-march=rv32imc -nostartfiles")
