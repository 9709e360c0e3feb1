/** A firmware for the simulated boot loader (host/sim/boot): an image of one segment, its description and how it behaves. */
import { createHash } from "node:crypto";

/** Of the simulator: BOOT_LOADER_CHIP. */
export const SIMULATED_CHIP = 0xfffe;

/** boot_loader_behaviour_t */
export enum Behaviour {
  Good = 0,
  Traps = 1,
  Hangs = 2,
  Deaf = 3,
}

const SEGMENT_AT = 32;
const SEGMENT_BYTES = 260;
const DIGEST_AT = 304;

export function simulatedFirmware(version: string, behaviour = Behaviour.Good, chip = SIMULATED_CHIP): Buffer {
  const image = Buffer.alloc(DIGEST_AT);
  image[0] = 0xe9;
  image[1] = 1;
  image.writeUInt16LE(chip, 12);
  image[23] = 1;
  image.writeUInt32LE(SEGMENT_BYTES, 28);
  image.writeUInt32LE(0xabcd5432, SEGMENT_AT);
  image.write(version, SEGMENT_AT + 16, "latin1");
  image[SEGMENT_AT + 256] = behaviour;
  image[DIGEST_AT - 1] = image.subarray(SEGMENT_AT, SEGMENT_AT + SEGMENT_BYTES).reduce((sum, byte) => sum ^ byte, 0xef);
  return Buffer.concat([image, createHash("sha256").update(image).digest()]);
}
