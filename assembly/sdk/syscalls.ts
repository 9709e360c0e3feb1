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
 * acknowledgement; 0: the broker has it; 128 and above: the broker will not take it, by this reason of MQTT 5; Expired; Invalid. How a
 * message ended that the broker does not have is remembered of the last eight, and over no reset; of others it is 0, too.
 */
@external("kernel", "publish_state")
export declare function publishState(answer: i32, sequenceLow: i32, sequenceHigh: i32): i32;
/** Asks after a subscription by its number. 0..2: the QoS granted; 3: not answered yet; Refused; NotFound. */
@external("kernel", "subscription_state")
export declare function subscriptionState(subscription: i32): i32;

// database
//
// What looks a document up may answer Busy, too: a page of the store's index is damaged, and mended when the app next waits; in a
// batch, which a change that is answered so ends, behind it.

/**
 * Puts a document, u8[documentLen], JSON, under key, or without one under a generated key (db_key tells it). tags: JSON list kept
 * in it as `_tags`; none keeps those it has. ttlSeconds: 0 = keeps for ever.
 * Ok; Invalid (key, TTL, no JSON, tags that are none), TooLarge (document, tags), NoSpace, Busy (a document is begun), Io.
 */
@external("kernel", "db_put")
export declare function dbPut(key: usize, keyLen: i32, document: usize, documentLen: i32, tags: usize, tagsLen: i32, ttlSeconds: i32): i32;
/** Begins a document of totalBytes, to be handed over in parts. The answers of db_put. */
@external("kernel", "db_begin")
export declare function dbBegin(key: usize, keyLen: i32, totalBytes: i32, ttlSeconds: i32): i32;
/** Appends a part. Ok; Invalid (no JSON, more than announced), TooLarge (tags), Io: it is forgotten. */
@external("kernel", "db_write")
export declare function dbWrite(part: usize, partLen: i32): i32;
/** Makes the document begun part of the store. Ok; Invalid (bytes are missing), NoSpace, Io: it is forgotten. */
@external("kernel", "db_commit")
export declare function dbCommit(): i32;
/** Forgets the document begun, and the batch. Ok. */
@external("kernel", "db_abort")
export declare function dbAbort(): i32;
/**
 * Changes a document: `{"$set":{path:value},"$unset":[path],"$inc":{path:number}}`. version: i64[1], the one that must be there,
 * or nothing. Ok, NotFound, Refused (another version), BadQuery (no patch), Invalid (a path through what is no object, a number
 * added to what is none, or a sum that no f64 holds), TooLarge, NoSpace, Busy, Io.
 */
@external("kernel", "db_update")
export declare function dbUpdate(key: usize, keyLen: i32, patch: usize, patchLen: i32, version: usize, versionLen: i32): i32;
/** 1: removed, 0: there is none. Invalid (key), Busy, Io. */
@external("kernel", "db_delete")
export declare function dbDelete(key: usize, keyLen: i32): i32;
/** Gives a document another TTL. Ok, NotFound, Invalid, Busy, Io. */
@external("kernel", "db_touch")
export declare function dbTouch(key: usize, keyLen: i32, ttlSeconds: i32): i32;
/** Removes documents whose time is up, at most `most` and at most 16 of them. How many; Busy, Io. */
@external("kernel", "db_cleanup")
export declare function dbCleanup(most: i32): i32;
/** Removes all documents: after a power cut all or none are there. Ok, Busy, Io. */
@external("kernel", "db_purge")
export declare function dbPurge(): i32;
/** Makes all that was committed durable. Ok, Io. */
@external("kernel", "db_flush")
export declare function dbFlush(): i32;
/**
 * Puts, changes and removals until db_batch_commit take effect together, each key once; one that is refused ends the batch. No message
 * is stored meanwhile. Ok, Busy.
 */
@external("kernel", "db_batch_begin")
export declare function dbBatchBegin(): i32;
/** Ok, Invalid (there is none any more), NoSpace, Io. */
@external("kernel", "db_batch_commit")
export declare function dbBatchCommit(): i32;
/** Puts the document of one line that db_line gave. The answers of db_put; Expired (its time is up), Busy (it cannot be told yet). */
@external("kernel", "db_import")
export declare function dbImport(line: usize, lineLen: i32): i32;
/** Declares a path whose values are indexed, up to four; documents that are there are indexed by and by. Ok, NoSpace, Invalid, TooLarge, Busy. */
@external("kernel", "db_index")
export declare function dbIndex(path: usize, pathLen: i32): i32;
/**
 * Puts all documents of a JSON list, or none. ttls: JSON, nothing or null, a number for all, or a list. keys: takes
 * `u8 length, u8[length]` for each, in order. How many; the answers of db_put.
 */
@external("kernel", "db_put_list")
export declare function dbPutList(documents: usize, documentsLen: i32, ttls: usize, ttlsLen: i32, keys: usize, keysCap: i32): i32;
/** Removes all documents under `u8 length, u8[length]` each, or none. How many there were; Invalid, Busy, NoSpace, Io. */
@external("kernel", "db_delete_list")
export declare function dbDeleteList(keys: usize, keysLen: i32): i32;
/** The key of the document written last. Bytes written, TooLarge. */
@external("kernel", "db_key")
export declare function dbKey(dst: usize, cap: i32): i32;
/** Reads a document from `offset`. Bytes read, fewer than cap at its end; NotFound, Corrupt, Invalid, Io. */
@external("kernel", "db_get")
export declare function dbGet(key: usize, keyLen: i32, offset: i32, dst: usize, cap: i32): i32;
/** dst: u32 size, i32 seconds left (-1: for ever; 2^31 - 1: not known, for want of the time of day), i64 version. Ok, NotFound, Corrupt, Invalid, Io. */
@external("kernel", "db_info")
export declare function dbInfo(key: usize, keyLen: i32, dst: usize, cap: i32): i32;
/**
 * The first change newer than version: i64[1] (0: from the oldest that is known). dst as db_next's, size -1: it was removed, or, without a
 * key, no document was among the changes looked at: go on from its version. 1; 0: there are no more; Expired: not all of them are
 * there any more, read everything anew and go on from 0.
 */
@external("kernel", "db_change")
export declare function dbChange(version: usize, versionLen: i32, dst: usize, cap: i32): i32;
/** Asks a condition; ends the query before it. Ok, BadQuery (db_error names the place), TooLarge. */
@external("kernel", "db_query")
export declare function dbQuery(condition: usize, conditionLen: i32): i32;
/**
 * Asks for the documents in a range of keys, db_next gives them. Empty: open on that side. flags: 1 from the end, 2 without `from`,
 * 4 with `to`, 8 all keys that begin with `from`. Ok.
 */
@external("kernel", "db_keys")
export declare function dbKeys(from: usize, fromLen: i32, to: usize, toLen: i32, flags: i32): i32;
/**
 * The next result: dst as db_info's, then u32 keyLen, u32 0, u8[keyLen]. 1; 0: there are no more; Busy: not found yet, ask again;
 * Closed (no query), Io.
 */
@external("kernel", "db_next")
export declare function dbNext(dst: usize, cap: i32): i32;
/** Reads that result from `offset`, only its $fields if the condition has some. Bytes read, fewer than cap at its end; Io. */
@external("kernel", "db_result")
export declare function dbResult(offset: i32, dst: usize, cap: i32): i32;
/** Reads that result as a line of an export. As db_result. */
@external("kernel", "db_line")
export declare function dbLine(offset: i32, dst: usize, cap: i32): i32;
/** Begins to count a condition's results and to sum up the numbers that path leads to; ends the query. As db_query. */
@external("kernel", "db_aggregate")
export declare function dbAggregate(condition: usize, conditionLen: i32, path: usize, pathLen: i32): i32;
/**
 * Goes on with that. dst: u32 documents, u32 numbers, f64 least, f64 greatest, f64 sum, i64 the sum where it is an integer.
 * Ok: it is done; Busy: ask again; Closed, Io.
 */
@external("kernel", "db_aggregate_next")
export declare function dbAggregateNext(dst: usize, cap: i32): i32;
/** What the last refusal was for, as text. Bytes written. */
@external("kernel", "db_error")
export declare function dbError(dst: usize, cap: i32): i32;

// trial

/** A new app, on trial: from here on it confirms itself with trial_confirm. Ok, NotFound (not on trial), Unsupported. */
@external("host", "trial_hold")
export declare function trialHold(): i32;
/** The app on trial works. Ok, NotFound (not on trial), Io, Unsupported. */
@external("host", "trial_confirm")
export declare function trialConfirm(): i32;

// cloud

/**
 * Begins a message to the cloud, in its envelope and on its topic: data of totalBytes is to follow, JSON. context: the JSON members `"tags":[...]`
 * and `"entity":"..."`, or nothing. flags: FLAG_OFFLINE, FLAG_ENVELOPE (without: data alone), FLAG_KIND.
 * A handle; Invalid (context, flags, TTL), NoSpace, TooLarge, Closed (not started), Unsupported (no such cloud, no store).
 */
@external("kernel", "cloud_begin")
export declare function cloudBegin(context: usize, contextLen: i32, totalBytes: i32, flags: i32, ttlSeconds: i32): i32;
/** Appends a part. Ok; Invalid (handle, no JSON, more than announced), TooLarge (nested too deep), Io: it is forgotten. */
@external("kernel", "cloud_write")
export declare function cloudWrite(message: i32, part: usize, partLen: i32): i32;
/** Ends it; the answers of publish. Invalid: bytes are missing, or it is no JSON, and it is forgotten. */
@external("kernel", "cloud_commit")
export declare function cloudCommit(message: i32, receipt: usize, receiptCap: i32): i32;
/**
 * Finds a member of the oldest message of the inbox by its path, names joined by dots, and reads its value from `offset` on into dst: u8 kind
 * (0 null, 1 boolean, 2 number, 3 text, 4 array, 5 object), then a text resolved, without quotes, or any other value as it stands.
 * Bytes written, the kind's included: cap when there may be more. NotFound; Invalid (path).
 */
@external("kernel", "cloud_member")
export declare function cloudMember(path: usize, pathLen: i32, offset: i32, dst: usize, cap: i32): i32;
/** Sets 0 the most messages of a batch, 1 heartbeats (0 off, 1 on), 2 the watchdog's seconds (1..60). Ok, Invalid, Unsupported. */
@external("kernel", "cloud_set")
export declare function cloudSet(setting: i32, value: i32): i32;
/** dst: u32[], the counters of the cloud's face (kernel/tendrl/tendrlCalls.ts). Bytes written, TooLarge, Unsupported. */
@external("kernel", "cloud_stats")
export declare function cloudStats(dst: usize, cap: i32): i32;

// thingsboard

/**
 * Sends JSON: what says of which kind (thingsboardWire.ts: Sent). flags: FLAG_OFFLINE, FLAG_QOS_1; receipt: as publish. The answers of publish;
 * Ok: a row that waits for others; Invalid: not JSON of that kind, null in it; TooLarge; Busy: it is being provisioned.
 */
@external("kernel", "tb_send")
export declare function tbSend(what: i32, json: usize, jsonLen: i32, flags: i32, ttlSeconds: i32, receipt: usize, receiptCap: i32): i32;
/** Asks the server (Asked); the answer, or that there is none, comes as an event. The request's id; Invalid, Closed (not online), NoSpace. */
@external("kernel", "tb_request")
export declare function tbRequest(what: i32, body: usize, bodyLen: i32, timeoutMs: i32): i32;
/** Replies to a call of the server with JSON. Ok, NotFound (no such call, answered, over a minute old), Invalid, NoSpace. */
@external("kernel", "tb_reply")
export declare function tbReply(id: i32, json: usize, jsonLen: i32): i32;
/** Follows a shared attribute, `*` for all, or (isWanted 0) no longer. Ok, Invalid, NoSpace, NotFound. */
@external("kernel", "tb_watch")
export declare function tbWatch(key: usize, keyLen: i32, isWanted: i32): i32;
/**
 * Begins provisioning, for at most timeoutMs; the app then publishes its request, QoS 0. Ok; ALREADY_PROVISIONED; Busy: the client is
 * started, or messages wait; Invalid.
 */
@external("kernel", "tb_provision")
export declare function tbProvision(timeoutMs: i32): i32;
/** Writes the face's figures (Info), u32 each. Bytes written, TooLarge. */
@external("kernel", "tb_info")
export declare function tbInfo(dst: usize, cap: i32): i32;

// goodbye

/**
 * As client_stop, with a say in what becomes of will and session. flags: KEEP_WILL: the broker publishes the will. sessionSeconds: for
 * how long it keeps the session from now on, FOR_EVER, or AS_CONNECTED; a broker of 3.1.1 is not told. Ok; Invalid, with nothing done:
 * flags, seconds, or to keep a session for which CONNECT asked 0 [MQTT-3.14.2.2.2].
 */
@external("kernel", "client_disconnect")
export declare function clientDisconnect(flags: i32, sessionSeconds: i32): i32;

// store

/**
 * How the store is: i32 records, bytes used by records and index, free to be put, to be had by reclaim, u32 least and greatest erases of a sector,
 * i32 sectors given up, i32 records, pages and sectors found damaged since the start. Ok, TooLarge, Io, Unsupported.
 */
@external("kernel", "store_stats")
export declare function storeStats(dst: usize, cap: i32): i32;
/**
 * Compares all records with their checksums, and all indexes with the records; isNew: from the beginning. dst: i32 records looked at so far,
 * i32 damaged ones, i32 index entries without their record or the other way round. Ok: it is done; Busy: ask again; TooLarge, Io, Unsupported.
 */
@external("kernel", "store_verify")
export declare function storeVerify(isNew: i32, dst: usize, cap: i32): i32;
