/**
 * The app's wall: every function app.wasm may import. Same rows, same order, same headings as
 * host/include/app_imports.def (compared by tests/contract).
 * Every pointer is followed by its length in bytes. Results: a count, a handle or Ok when >= 0, a Status when negative.
 * A syscall's spans together hold at most 512 bytes (the kernel's exchange buffer), each rounded up to 8; TooLarge beyond.
 */

// io

/** mode: 0 input, 1 input with pull-up, 2 input with pull-down, 3 output. Ok, Invalid, Unsupported. */
@external("host", "io_gpio_mode")
export declare function ioGpioMode(pin: i32, mode: i32): i32;
/** level: 0 or 1. Ok, Invalid. */
@external("host", "io_gpio_write")
export declare function ioGpioWrite(pin: i32, level: i32): i32;
/** 0, 1, or Invalid. */
@external("host", "io_gpio_read")
export declare function ioGpioRead(pin: i32): i32;
/** Edges seen on the pin since the last call, or Invalid. */
@external("host", "io_edge_count")
export declare function ioEdgeCount(pin: i32): i32;
/** Millivolts at an ADC channel, or Invalid, Io. */
@external("host", "io_adc_millivolts")
export declare function ioAdcMillivolts(channel: i32): i32;
/** dutyPermille: 0..1000. Ok, Invalid, Unsupported. */
@external("host", "io_pwm_write")
export declare function ioPwmWrite(pin: i32, hertz: i32, dutyPermille: i32): i32;
/** Writes tx, then reads rxCap bytes, in one transaction with a 7-bit address. Bytes read, Io (no acknowledge), Timeout. */
@external("host", "io_i2c_transfer")
export declare function ioI2cTransfer(bus: i32, address: i32, tx: usize, txLen: i32, rx: usize, rxCap: i32): i32;
/** Full duplex: txLen = rxCap. Bytes moved, Invalid, Unsupported. */
@external("host", "io_spi_transfer")
export declare function ioSpiTransfer(bus: i32, tx: usize, txLen: i32, rx: usize, rxCap: i32): i32;
/** Bytes taken, 0 "not now", Invalid. */
@external("host", "io_uart_write")
export declare function ioUartWrite(port: i32, src: usize, len: i32): i32;
/** Bytes given, 0 "not now", Invalid. */
@external("host", "io_uart_read")
export declare function ioUartRead(port: i32, dst: usize, cap: i32): i32;
/** Reads a board sensor (board.ts: Sensor) into dst: i32[1], in thousandths of its unit. Ok, NotFound: the board has none. */
@external("host", "io_sensor")
export declare function ioSensor(sensor: i32, dst: usize, cap: i32): i32;

// sys

/** Writes one log line. level: 0 error, 1 warning, 2 info, 3 debug. */
@external("host", "log")
export declare function log(level: i32, text: usize, len: i32): i32;
/** Fills dst with random bytes. */
@external("host", "random")
export declare function random(dst: usize, len: i32): i32;
/** Lets the kernel run for at most maxMs milliseconds; returns earlier when an event waits (1) or the time is over (0). */
@external("host", "yield")
export declare function yieldFor(maxMs: i32): i32;
/** Ends the app: logs the message with its line and column, then traps. */
@external("host", "abort")
export declare function abortWith(message: usize, len: i32, line: i32, column: i32): void;

// publish

/**
 * Publishes payload: u8[payloadLen] as it is. flags: sdk/flags.ts. ttlSeconds: 0 = keeps for ever.
 * receipt: u64[1], the message's sequence number. STORED (1), QUEUED (2), or NoSpace, TooLarge, Invalid (topic), Closed (no client).
 */
@external("kernel", "publish")
export declare function publish(
  topic: usize,
  topicLen: i32,
  payload: usize,
  payloadLen: i32,
  flags: i32,
  ttlSeconds: i32,
  receipt: usize,
  receiptCap: i32,
): i32;
/** Begins a publication of totalBytes, to be handed over in parts. A handle, or NoSpace, TooLarge, Invalid. */
@external("kernel", "publish_begin")
export declare function publishBegin(topic: usize, topicLen: i32, totalBytes: i32, flags: i32, ttlSeconds: i32): i32;
/** Appends a part. Ok, Invalid (handle, more than announced), NoSpace. */
@external("kernel", "publish_write")
export declare function publishWrite(publication: i32, part: usize, partLen: i32): i32;
/** Ends it; the answers of publish. Invalid when bytes are missing. */
@external("kernel", "publish_commit")
export declare function publishCommit(publication: i32, receipt: usize, receiptCap: i32): i32;
/** Forgets it. Ok, Invalid. */
@external("kernel", "publish_abort")
export declare function publishAbort(publication: i32): i32;
/**
 * Registers a stream of readings once: its name, the JSON members of its context, its schema (ARCHITECTURE.md), flags, TTL.
 * A stream id; the same name registered again replaces the row. NoSpace: table full; Invalid: schema or name.
 */
@external("kernel", "stream_open")
export declare function streamOpen(
  name: usize,
  nameLen: i32,
  context: usize,
  contextLen: i32,
  schema: usize,
  schemaLen: i32,
  flags: i32,
  ttlSeconds: i32,
): i32;
/** Publishes one reading of a stream: its values packed in schema order. The answers of publish. */
@external("kernel", "stream_publish")
export declare function streamPublish(stream: i32, values: usize, valuesLen: i32, receipt: usize, receiptCap: i32): i32;

// receive

/**
 * Subscribes, and again after every reconnect. The subscription's number (>= 0), which event headers carry;
 * the same filter again keeps its number. Invalid (filter, qos above 2), NoSpace (table full).
 */
@external("kernel", "subscribe")
export declare function subscribe(filter: usize, filterLen: i32, qos: i32): i32;
/** Ok, NotFound. */
@external("kernel", "unsubscribe")
export declare function unsubscribe(filter: usize, filterLen: i32): i32;
/** The oldest message of the inbox: header u8[16] (ARCHITECTURE.md). 1, or 0 when there is none. */
@external("kernel", "event_next")
export declare function eventNext(header: usize, headerCap: i32): i32;
/** Reads from that message, topic first, then payload. Bytes read, 0 at its end, NotFound. */
@external("kernel", "event_read")
export declare function eventRead(offset: i32, dst: usize, cap: i32): i32;
/** Done with that message: result 0 = handled, acknowledges it. Ok, NotFound. */
@external("kernel", "event_done")
export declare function eventDone(result: i32): i32;

// client

/**
 * Starts link and MQTT client from the device's configuration. flags: START_CLEAN or START_RESUMING in place of what is configured,
 * 0: as configured. Ok, Invalid (configuration, named in the log).
 */
@external("kernel", "client_start")
export declare function clientStart(flags: i32): i32;
/** Says goodbye to the broker and takes the link down. Ok. */
@external("kernel", "client_stop")
export declare function clientStop(): i32;
/** A ClientState (lib/clientState.ts). */
@external("kernel", "client_state")
export declare function clientState(): i32;
/** dst: u32[STATS_FIELDS], as listed in host/include/stats.def. Bytes written. */
@external("kernel", "stats")
export declare function stats(dst: usize, cap: i32): i32;

// device

/** dst: i64[2] = monotonic ms, ms since 1970 UTC or -1. Ok. */
@external("kernel", "time")
export declare function time(dst: usize, cap: i32): i32;
/** Reads a configuration value whose key starts with "app.". Bytes written, NotFound, TooLarge. */
@external("kernel", "config")
export declare function config(key: usize, keyLen: i32, dst: usize, cap: i32): i32;
/** Deep sleep for ms once everything promised is durable; the device then starts anew. Ok, Unsupported. */
@external("kernel", "sleep")
export declare function sleep(ms: i32): i32;
/** Why the device started: a ResetReason. */
@external("kernel", "reset_reason")
export declare function resetReason(): i32;

// mqtt

/**
 * Leaves a will from the next CONNECT on: what the broker publishes when this board goes without a goodbye. flags: FLAG_QOS_1,
 * FLAG_QOS_2, FLAG_RETAIN; an empty topic takes it back. Ok, Invalid (topic, flags), TooLarge.
 */
@external("kernel", "will_set")
export declare function willSet(topic: usize, topicLen: i32, payload: usize, payloadLen: i32, flags: i32): i32;
/**
 * Asks after a message: what publish answered (STORED or QUEUED), and the halves of its receipt. 1: it waits, or awaits its
 * acknowledgement; 0: it does not any more; Invalid.
 */
@external("kernel", "publish_state")
export declare function publishState(answer: i32, sequenceLow: i32, sequenceHigh: i32): i32;
/** Asks after a subscription by its number. 0..2: the QoS granted; 3: not answered yet; Refused; NotFound. */
@external("kernel", "subscription_state")
export declare function subscriptionState(subscription: i32): i32;
