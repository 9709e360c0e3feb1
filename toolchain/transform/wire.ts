/** Numbers of assembly/sdk/flags.ts and buffers.ts that the transform writes into apps; a test compares them. */
export const FLAG_OFFLINE = 0x01;
export const QOS_SHIFT = 1;
export const FLAG_ENVELOPE = 0x10;
export const FLAG_TEXT = 0x20;
export const EXCHANGE_BYTES = 512;
export const RECEIPT_BYTES = 8;
