/**
 * What each command needs beyond Node: the one list. A Debian package counts as present when its probe is found, however
 * it came here, so that other systems and self-built tools do as well.
 * probe: a program on the PATH (or in a system folder), a header the C compiler finds, or a file.
 */
export const systemPackages = {
  cmake: { program: "cmake" },
  "ninja-build": { program: "ninja" },
  "libmbedtls-dev": { header: "mbedtls/ssl.h" },
  "libcmocka-dev": { header: "cmocka.h", before: ["stdarg.h", "stddef.h", "stdint.h", "setjmp.h"] },
  "libcsv-dev": { header: "csv.h" },
  mosquitto: { program: "mosquitto" },
  "libmosquitto-dev": { header: "mosquitto.h" },
  wabt: { program: "wasm2c" },
  "clang-format": { program: "clang-format" },
  cppcheck: { program: "cppcheck" },
  "gcc-riscv64-unknown-elf": { program: "riscv64-unknown-elf-gcc" },
  "picolibc-riscv64-unknown-elf": { file: "/usr/lib/picolibc/riscv64-unknown-elf/picolibc.specs" },
  "qemu-system-misc": { program: "qemu-system-riscv32" },
};

/** 1.4 GB: asked for by the command that needs them, and by no other. */
const target = ["cmake", "ninja-build", "gcc-riscv64-unknown-elf", "picolibc-riscv64-unknown-elf", "qemu-system-misc", "wabt"];

const simulator = ["cmake", "ninja-build", "libmbedtls-dev", "libcsv-dev"];

/**
 * compiler: a C compiler must be there, it is not installed. system: names of systemPackages.
 * words: packages asked for only when the word stands among the command's arguments.
 */
const commands = {
  start: { compiler: true, system: simulator, words: { mosquitto: ["mosquitto"], aot: ["wabt"] } },
  test: { compiler: true, system: [...simulator, "libcmocka-dev", "mosquitto", "wabt"], words: {} },
  build: { compiler: false, system: [], words: { aot: ["wabt"] } },
  sim: { compiler: true, system: simulator, words: { aot: ["wabt"] } },
  provision: { compiler: false, system: [], words: {} },
  ota: { compiler: false, system: [], words: {} },
  dev: { compiler: true, system: simulator, words: { aot: ["wabt"] } },
  sign: { compiler: false, system: [], words: {} },
  firmware: { compiler: false, system: [], words: { aot: ["wabt"] } },
  store: { compiler: false, system: [], words: {} },
  check: { compiler: false, system: ["clang-format", "cppcheck"], words: {} },
  bench: { compiler: true, system: [...simulator, "mosquitto", "libmosquitto-dev", "wabt"], words: {} },
  "bench-target": { compiler: false, system: target, words: {} },
};

export function commandNames() {
  return Object.keys(commands);
}

/** Returns { compiler, system } for a command and its arguments, or null for a command that does not exist. */
export function needsOf(command, argv) {
  if (command === undefined || !Object.hasOwn(commands, command)) return null;
  const { compiler, system, words } = commands[command];
  const asked = Object.entries(words)
    .filter(([word]) => argv.some((argument) => argument === word || argument.endsWith(`=${word}`)))
    .flatMap(([, names]) => names);
  return { compiler, system: [...new Set([...system, ...asked])] };
}
