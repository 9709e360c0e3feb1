/** The board: its pins, buses and sensors. */
import { ResetReason } from "../lib/device";
import { Status } from "../lib/status";
import { SMALL } from "./buffers";
import * as rows from "./syscalls";

/** What io_sensor can be asked for; a board may lack any of them. */
export enum Sensor {
  /** Degrees Celsius. */
  Temperature = 0,
  /** Share of one core that is busy, 1.0 = all of it. */
  Load = 1,
  /** MiB. */
  FreeMemory = 2,
  /** Seconds since start, at most 2,147,483. */
  Uptime = 3,
}

export enum PinMode {
  Input = 0,
  InputPullUp = 1,
  InputPullDown = 2,
  Output = 3,
}

/** Milli-units of a sensor as its unit, NaN where the board has none. */
function sensorValue(which: Sensor): f32 {
  if (rows.ioSensor(which, SMALL, 4) != Status.Ok) return f32.NaN;
  return f32(load<i32>(SMALL)) / 1000;
}

function start(bytes: StaticArray<u8>): usize {
  return changetype<usize>(bytes);
}

export namespace board {
  /** A sensor's value in its unit, NaN where the board has none. */
  export function sensor(which: Sensor): f32 {
    return sensorValue(which);
  }

  export function temperature(): f32 {
    return sensorValue(Sensor.Temperature);
  }

  export function load(): f32 {
    return sensorValue(Sensor.Load);
  }

  export function freeMemory(): f32 {
    return sensorValue(Sensor.FreeMemory);
  }

  export function uptime(): f32 {
    return sensorValue(Sensor.Uptime);
  }

  /** Millivolts at an ADC channel; Invalid: no such channel; Io. */
  export function millivolts(channel: i32): i32 {
    return rows.ioAdcMillivolts(channel);
  }

  /** Ok, Invalid, Unsupported. */
  export function pinMode(pin: i32, mode: PinMode): Status {
    return rows.ioGpioMode(pin, mode) as Status;
  }

  /** level: 0 or 1. Ok, Invalid. */
  export function writePin(pin: i32, level: i32): Status {
    return rows.ioGpioWrite(pin, level) as Status;
  }

  /** 0, 1, or Invalid. */
  export function readPin(pin: i32): i32 {
    return rows.ioGpioRead(pin);
  }

  /** Edges seen on the pin since the last call, or Invalid. */
  export function edgeCount(pin: i32): i32 {
    return rows.ioEdgeCount(pin);
  }

  /** dutyPermille: 0..1000. Ok, Invalid, Unsupported. */
  export function writePwm(pin: i32, hertz: i32, dutyPermille: i32): Status {
    return rows.ioPwmWrite(pin, hertz, dutyPermille) as Status;
  }

  /** Writes all of tx to a 7-bit address, then reads into all of rx. Bytes read, Io (no acknowledge), Timeout. */
  export function i2cTransfer(bus: i32, address: i32, tx: StaticArray<u8>, rx: StaticArray<u8>): i32 {
    return rows.ioI2cTransfer(bus, address, start(tx), tx.length, start(rx), rx.length);
  }

  /** Full duplex over two arrays of one length. Bytes moved, Invalid, Unsupported. */
  export function spiTransfer(bus: i32, tx: StaticArray<u8>, rx: StaticArray<u8>): i32 {
    return rows.ioSpiTransfer(bus, start(tx), tx.length, start(rx), rx.length);
  }

  /** Writes the first `length` bytes. Bytes taken, 0 "not now", Invalid. */
  export function uartWrite(port: i32, bytes: StaticArray<u8>, length: i32): i32 {
    return <u32>length > <u32>bytes.length ? Status.Invalid : rows.ioUartWrite(port, start(bytes), length);
  }

  /** Reads up to all of `bytes`. Bytes given, 0 "not now", Invalid. */
  export function uartRead(port: i32, bytes: StaticArray<u8>): i32 {
    return rows.ioUartRead(port, start(bytes), bytes.length);
  }

  export function resetReason(): ResetReason {
    return rows.resetReason() as ResetReason;
  }

  /** Sleeps deeply for ms once everything promised is durable; the device then starts anew. Ok, Unsupported. */
  export function deepSleep(ms: i32): Status {
    return rows.sleep(ms) as Status;
  }
}
