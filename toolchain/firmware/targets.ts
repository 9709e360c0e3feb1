/** The chips that the firmware is built for: each has its sdkconfig.defaults.<target>. */
export const TARGETS = ["esp32", "esp32s2", "esp32s3", "esp32c3", "esp32c6"] as const;
export type Target = (typeof TARGETS)[number];

/** Espressif's emulator, by chip: program and the name under which ESP-IDF installs it (tools/idf_py_actions/qemu_ext.py). */
export const EMULATORS: Readonly<Partial<Record<Target, { readonly program: string; readonly tool: string }>>> = {
  esp32: { program: "qemu-system-xtensa", tool: "qemu-xtensa" },
  esp32c3: { program: "qemu-system-riscv32", tool: "qemu-riscv32" },
  esp32s3: { program: "qemu-system-xtensa", tool: "qemu-xtensa" },
};
