import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesPerPart, parseLinkerMap, partOf } from "../../../toolchain/bench/linkerMap.js";

const MAP = `Discarded input sections

 .text.unused   0x00000000       0x99 libwasmote_host.a(link.c.obj)

Linker script and memory map

                0x80000000                        __start = .
.text           0x80000000      0x100
 *(.text .text.*)
 .text          0x80000000        0x0 libwasmote_host.a(link.c.obj)
 .text.short    0x80000000       0x10 libwasmote_host.a(link.c.obj)
                0x80000000                short
 *fill*         0x80000010        0x2
 .text.a_name_too_long_for_its_line
                0x80000012       0x20 wasm3/libwasm3.a(m3_env.c.obj)
                                 0x24 (size before relaxing)
 .text          0x80000032        0x8 /usr/lib/picolibc/lib/libc.a(memcpy.c.o)
 .text.main     0x8000003a       0x40 CMakeFiles/bench.dir/main.c.obj

.rodata         0x80000100       0x10
 .rodata.table  0x80000100       0x10 wasm3/libwasm3.a(m3_compile.c.obj)
.bss            0x80000200        0xc
 COMMON         0x80000200        0xc libwasmote_host.a(runtime.c.obj)
`;

describe("toolchain/bench/linkerMap", () => {
  it("takes what was linked, not what was discarded", () => {
    assert.equal(
      parseLinkerMap(MAP).some(({ bytes }) => bytes === 0x99),
      false,
    );
  });

  it("reads sections with short and with long names, and COMMON", () => {
    const objects = parseLinkerMap(MAP).map(({ section, object, bytes }) => `${section} ${object.split("/").at(-1)} ${bytes}`);
    assert.deepEqual(objects, [
      ".text libwasmote_host.a(link.c.obj) 18",
      ".text libwasm3.a(m3_env.c.obj) 32",
      ".text libc.a(memcpy.c.o) 8",
      ".text main.c.obj 64",
      ".rodata libwasm3.a(m3_compile.c.obj) 16",
      ".bss libwasmote_host.a(runtime.c.obj) 12",
    ]);
  });

  it("sums per part and output section", () => {
    const sums = bytesPerPart(parseLinkerMap(MAP), (section) => section !== ".bss");
    assert.deepEqual(sums, { interpreter: 48, host: 18, kernel: 0, libraries: 8, bench: 64 });
  });

  it("knows whose an object is", () => {
    assert.equal(partOf("/usr/lib/gcc/riscv64-unknown-elf/12.2.0/rv32im/ilp32/libgcc.a(divdi3.o)"), "libraries");
    assert.equal(partOf("CMakeFiles/bench.dir/heap.c.obj"), "bench");
    assert.equal(partOf("wasm3/libwasm3.a(m3_core.c.obj)"), "interpreter");
    assert.equal(partOf("libwasmote_host.a(link.c.obj)"), "host");
    assert.equal(partOf("libkernel-full-plain.a(full_plain.c.obj)"), "kernel");
    assert.equal(partOf("libkernel-full-plain.a(engine_aot.c.obj)"), "host");
    assert.equal(partOf("libkernel-full-plain.a(codec_module.c.obj)"), "bench");
  });

  it("refuses a text that is no map", () => {
    assert.throws(() => parseLinkerMap("nothing"), /found no "Linker script and memory map"/);
  });
});
