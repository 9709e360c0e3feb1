/** What a kernel build grants: bytes and rows that are taken once, at set-up. */
export class Limits {
  /** Largest in-flight window; a configuration that wants more gets this. */
  window: i32 = 16;
  /** Bytes taken from the socket at once. */
  receiveBytes: i32 = 512;
  /** Bytes waiting for the socket: the largest packet but PUBLISH, which may be longer. */
  transportBytes: i32 = 1024;
  /** Messages that wait for the app. */
  inboxBytes: i32 = 2048;
  /** Messages without offline storage. */
  queueBytes: i32 = 2048;
  /** Streams, and the bytes of their names, contexts and schemas. */
  streams: i32 = 12;
  streamBytes: i32 = 1536;
  subscriptions: i32 = 8;
  subscriptionBytes: i32 = 512;
  /** Topic and payload of a will. */
  willBytes: i32 = 192;
  /** One reading as JSON. */
  scratchBytes: i32 = 1024;
  /** QoS 2 messages of the server between PUBLISH and PUBREL. */
  received: i32 = 16;
  /** Topic aliases of version 5 in each direction, and the bytes of their topics. */
  aliases: i32 = 8;
  aliasBytes: i32 = 384;
  /** Entries of the store's memtable, 8 bytes each: a queue that keeps up needs a few, a backlog one each until a checkpoint takes them. */
  memtableEntries: i32 = 128;
  /** Whether records of the store get index entries: those of documents. */
  hasIndexes: bool = false;
  /** At least twice `received`: PUBACKs and PUBRECs owed for messages that the app has not finished. */
  acks: i32 = 32;
}

/** What this build grants: a build with less says so in a file that its entry imports first. */
export const limits = new Limits();
