import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { checkPort, FlashError, findEsptool } from "../../../toolchain/board/esptool.js";

describe("toolchain/board/esptool", () => {
  let folder: string;
  before(() => void (folder = mkdtempSync(join(tmpdir(), "wasmote-esptool-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const refusing = (code: string) => (): void => {
    throw Object.assign(new Error(code), { code });
  };

  function program(name: string, body: string): void {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }

  it("knows an esptool by what it answers", () => {
    program("esptool", "exit 1");
    program("esptool.py", "echo esptool.py v4.10.0; echo 4.10.0");
    assert.deepEqual(findEsptool({ PATH: folder }), { program: join(folder, "esptool.py"), args: [], majorVersion: 4 });
    program("esptool", "echo esptool v5.3.1; echo 5.3.1");
    assert.equal(findEsptool({ PATH: folder })?.majorVersion, 5);
  });

  it("finds none where none answers", () => {
    for (const name of ["esptool", "esptool.py", "python3"]) program(name, "echo no such module; exit 1");
    assert.equal(findEsptool({ PATH: folder, IDF_PYTHON_ENV_PATH: folder }), null);
  });

  it("asks ESP-IDF's Python", () => {
    const bin = mkdtempSync(join(folder, "idf-"));
    rmSync(bin, { recursive: true });
    program("python3", 'test "$1 $2" = "-m esptool" && echo "esptool.py v4.8.1"');
    for (const name of ["esptool", "esptool.py"]) rmSync(join(folder, name), { force: true });
    assert.deepEqual(findEsptool({ PATH: folder }), { program: join(folder, "python3"), args: ["-m", "esptool"], majorVersion: 4 });
  });

  it("says what to do about a port", () => {
    assert.throws(() => checkPort("/dev/ttyUSB0", folder, refusing("EACCES")), /no permission for \/dev\/ttyUSB0; [^]*usermod -aG dialout/);
    assert.throws(() => checkPort("/dev/ttyUSB0", folder, refusing("ENOENT")), /found no \/dev\/ttyUSB0, [^]*no board is plugged in/);
    writeFileSync(join(folder, "ttyACM3"), "");
    assert.throws(
      () => checkPort("/dev/ttyUSB0", folder, refusing("ENOENT")),
      (error) => error instanceof FlashError && /found .*ttyACM3$/.test(error.message),
    );
    assert.throws(() => checkPort(join(folder, "ttyACM3")), /found a file .*ttyACM3, expected the serial port/);
    checkPort("/dev/null");
    for (const elsewhere of ["COM3", "socket://localhost:1", "rfc2217://x"]) checkPort(elsewhere, folder, refusing("ENOENT"));
  });
});
