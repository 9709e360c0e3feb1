/**
 * The kernel's wall: every function kernel.wasm may import, all from module "host".
 * Same rows, same order, same headings as host/include/kernel_imports.def (compared by tests/contract).
 * Every pointer is followed by its length in bytes. Nothing here blocks. Only i32 and i64 cross.
 * Results: a count, a handle or Ok when >= 0, a Status when negative, unless a row says otherwise.
 */

// link

/** Asks for the network link. Ok, or Io. Comes up later: see linkState. */
@external("host", "link_start")
export declare function linkStart(): i32;
/** Takes the link down. Ok. */
@external("host", "link_stop")
export declare function linkStop(): i32;
/** A LinkState (host/constants.ts). */
@external("host", "link_state")
export declare function linkState(): i32;
/** Signal strength in dBm (negative), 0 when unknown. */
@external("host", "link_rssi")
export declare function linkRssi(): i32;

// net

/**
 * Starts opening a socket: name look-up, TCP, and TLS when flags has NET_TLS. Returns a socket handle at once.
 * host: u8[hostLen], ASCII name or address. NoSpace: no free socket; Invalid: empty or over-long name, port outside 1..65535.
 */
@external("host", "net_open")
export declare function netOpen(host: usize, hostLen: i32, port: i32, flags: i32): i32;
/**
 * 0 still opening, 1 open, else the Status that ended it: NotFound (name), Refused, Timeout, Closed, Io, Protocol (TLS);
 * of the peer's certificate: Expired, Corrupt (not signed by our CA), Unsupported (self-signed), Invalid (another host's).
 */
@external("host", "net_state")
export declare function netState(socket: i32): i32;
/** Sends up to len bytes. Bytes taken, 0 "not now", Closed, Io. */
@external("host", "net_send")
export declare function netSend(socket: i32, src: usize, len: i32): i32;
/** Receives up to cap bytes. Bytes given, 0 "not now", Closed when the peer closed, Io. */
@external("host", "net_recv")
export declare function netRecv(socket: i32, dst: usize, cap: i32): i32;
/** Closes and frees the handle. Ok, Invalid. */
@external("host", "net_close")
export declare function netClose(socket: i32): i32;

// flash

/** dst: u32[3] = sector bytes, sector count, program unit bytes. NotFound: the board lacks that partition. */
@external("host", "flash_geometry")
export declare function flashGeometry(partition: i32, dst: usize, cap: i32): i32;
/** Reads len bytes at offset of the partition. Ok, Invalid (range), Io. */
@external("host", "flash_read")
export declare function flashRead(partition: i32, offset: i32, dst: usize, len: i32): i32;
/** Programs len bytes: only clears bits. offset and len are multiples of the program unit. Ok, Invalid, Io. */
@external("host", "flash_program")
export declare function flashProgram(partition: i32, offset: i32, src: usize, len: i32): i32;
/** Erases one sector to 0xFF. Ok, Invalid, Io. */
@external("host", "flash_erase")
export declare function flashErase(partition: i32, sector: i32): i32;
/** Returns when everything programmed survives a power cut. Ok, Io. */
@external("host", "flash_sync")
export declare function flashSync(partition: i32): i32;

// clock

/** Milliseconds that only count up; the start value means nothing. */
@external("host", "clock_monotonic")
export declare function clockMonotonic(): i64;
/** Milliseconds since 1970 UTC, or -1 while the clock has not been set. */
@external("host", "clock_wall")
export declare function clockWall(): i64;

// sys

/** Fills dst with random bytes fit for keys. Ok, Io. */
@external("host", "sys_random")
export declare function sysRandom(dst: usize, len: i32): i32;
/** Writes one log line. level: 0 error, 1 warning, 2 info, 3 debug. text: u8[len], UTF-8, no secrets. */
@external("host", "sys_log")
export declare function sysLog(level: i32, text: usize, len: i32): i32;
/** Reads a configuration value by its dotted key, such as "mqtt.host". Bytes written, NotFound, TooLarge. */
@external("host", "sys_config")
export declare function sysConfig(key: usize, keyLen: i32, dst: usize, cap: i32): i32;
/** Bytes: what = 0 free heap, 1 whole heap, 2 lowest free heap since start. */
@external("host", "sys_memory")
export declare function sysMemory(what: i32): i32;
/** SHA-256 of src into dst: u8[32]. Ok, Invalid. */
@external("host", "sys_digest")
export declare function sysDigest(src: usize, len: i32, dst: usize, cap: i32): i32;
/** Sets the hardware watchdog's period in seconds (1..60). The host feeds it between steps. Ok, Invalid. */
@external("host", "sys_watchdog")
export declare function sysWatchdog(seconds: i32): i32;
/** Deep sleep after this step for ms milliseconds; the device then starts anew. Ok, Unsupported. */
@external("host", "sys_sleep")
export declare function sysSleep(ms: i32): i32;
/** Restarts the device after this step. reason: a ResetReason. Ok. */
@external("host", "sys_restart")
export declare function sysRestart(reason: i32): i32;
/** Why the device started: a ResetReason (host/constants.ts). */
@external("host", "sys_reset_reason")
export declare function sysResetReason(): i32;
/** Ends the module: logs the message with its line and column, then traps. */
@external("host", "sys_abort")
export declare function sysAbort(message: usize, len: i32, line: i32, column: i32): void;
/**
 * Continues a CRC-32 (IEEE 802.3) over src: u8[len], as lib/crc32.ts does: crc is 0 to start, or what the row gave over the
 * bytes before; the complement at either end is the row's affair. The result is the CRC itself, all 32 bits: never a Status.
 */
@external("host", "sys_crc32")
export declare function sysCrc32(crc: i32, src: usize, len: i32): i32;

// update

/**
 * Offers a package of a kind (update/phase.ts: app or firmware) by its head: u8[192]. Bytes of its image that are there already,
 * where to go on; Invalid (no package), Refused (signature, or failed too often), NotFound (another app's), Unsupported (ABI,
 * rows, chip, kind, or a board without slots or key), TooLarge, Expired (counter), Closed (it runs already), Busy (a trial of
 * either kind, another download), Io. The slot is made ready behind this step: nothing can be written in it.
 */
@external("host", "update_begin")
export declare function updateBegin(kind: i32, head: usize, headLen: i32): i32;
/** Writes bytes of the image at offset. The offset reached; Invalid (nothing begun, a gap, past the end); Io: the download is over. */
@external("host", "update_write")
export declare function updateWrite(kind: i32, offset: i32, src: usize, len: i32): i32;
/** Verifies what came, a part in each call. Busy: call again; Ok; Corrupt (digest), Unsupported (module), Invalid, Io. */
@external("host", "update_finish")
export declare function updateFinish(kind: i32): i32;
/**
 * Compares the whole package, head and image, with a checksum: digest u8[len], of an algorithm (update/checksum.ts), a part in each
 * call. Behind update_finish alone. Busy: call again; Ok; Corrupt; Unsupported (algorithm); Invalid (length, or not verified); Io.
 */
@external("host", "update_check")
export declare function updateCheck(kind: i32, algorithm: i32, digest: usize, len: i32): i32;
/** Switches to what was verified, behind this step. Ok, Invalid, Io. */
@external("host", "update_apply")
export declare function updateApply(kind: i32): i32;
/** Forgets a download; what was written serves the next offer of the same package. Ok. */
@external("host", "update_abort")
export declare function updateAbort(kind: i32): i32;
/** The app on trial works. Ok, NotFound (none is), Busy (it confirms itself), Io. */
@external("host", "update_confirm")
export declare function updateConfirm(): i32;
/** The news of update_state was delivered. Ok, Io. */
@external("host", "update_told")
export declare function updateTold(kind: i32): i32;
/**
 * dst: u8 phase (0 idle, 1 loading, 2 all bytes there, 3 verified, 4 trial), u8 news (1 confirmed, 2 failed), u8 cause, u8 0,
 * u32 offset, u32 size, u32 counter, u8[32] name and u8[24] version of what runs. 72; Invalid, Unsupported.
 */
@external("host", "update_state")
export declare function updateState(kind: i32, dst: usize, cap: i32): i32;
/** Text for people. what: -1: why the last call was refused; a kind: why its last package failed. Bytes written. */
@external("host", "update_error")
export declare function updateError(what: i32, dst: usize, cap: i32): i32;
/** The firmware on trial has reached its server, where an update for it could come from. Ok, NotFound (none is on trial), Io. */
@external("host", "update_confirm_firmware")
export declare function updateConfirmFirmware(): i32;
