/** Flags of publish, publishBegin and streamOpen. The kernel keeps the same in the record (kernel/store/recordStore.ts). */
export const FLAG_OFFLINE: i32 = 0x01; // durable on flash before the call returns: STORED
export const FLAG_QOS_MASK: i32 = 0x06; // bits 1-2, as in the PUBLISH fixed header
export const FLAG_QOS_1: i32 = 0x02;
export const FLAG_QOS_2: i32 = 0x04;
export const FLAG_RETAIN: i32 = 0x08;
export const FLAG_ENVELOPE: i32 = 0x10; // wrap data in the cloud's envelope (sequence, time, context); always set for streams
export const FLAG_TEXT: i32 = 0x20; // data is UTF-8 text, to be sent as a JSON string inside the envelope

/** Version 5: the payload begins with properties, u16 length (little-endian), u8[length] as in a PUBLISH. Of `publish` alone, without FLAG_ENVELOPE. */
export const FLAG_PROPERTIES: i32 = 0x40;

/** Kind of a message, above the bits that the kernel keeps with a record (kernel/store/recordStore.ts), in the envelope of a cloud that tells kinds apart (kernel/tendrl/envelope.ts); the plain cloud refuses others than 0. */
export const FLAG_KIND_SHIFT: i32 = 12;
export const FLAG_KIND_MASK: i32 = 0x7000;

/** Flags of clientStart: a clean session, or one that is resumed, whatever is configured. */
export const START_CLEAN: i32 = 1;
export const START_RESUMING: i32 = 2;

/** Flag of clientDisconnect: the broker publishes the will. */
export const KEEP_WILL: i32 = 1;
/** Seconds of clientDisconnect for which the broker keeps the session: as asked for when connecting; without end. */
export const AS_CONNECTED: i32 = -1;
export const FOR_EVER: i32 = i32.MAX_VALUE;

/** What publish, publishCommit and streamPublish answer when they accept. */
export const STORED: i32 = 1;
export const QUEUED: i32 = 2;
