import { FlashError } from "../board/esptool.js";
import { SimulatorRefused } from "../board/simBoard.js";
import { BuildError, NoSuchTarget } from "../build/errors.js";
import { ConfigImageError } from "../config/configImage.js";
import { ConfigError } from "../config/loadConfig.js";
import { StoreImageError } from "../store/region.js";
import { UsageError } from "./options.js";

const MENDABLE = [ConfigError, ConfigImageError, BuildError, FlashError, SimulatorRefused, StoreImageError];

/**
 * Runs a command's work and turns what the reader can mend into a message and an exit code: 2 for the command line and
 * the configuration, 1 for a build or a board. Any other error is ours and goes on with its stack.
 */
export async function reportingFailures(command: string, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    const isUsage = error instanceof UsageError || error instanceof NoSuchTarget;
    if (isUsage) process.stderr.write(`${command}: ${(error as Error).message}\n`);
    else if (MENDABLE.some((kind) => error instanceof kind)) process.stderr.write(`${(error as Error).message}\n`);
    else throw error;
    return (error instanceof BuildError && !isUsage) || error instanceof FlashError ? 1 : 2;
  }
}
