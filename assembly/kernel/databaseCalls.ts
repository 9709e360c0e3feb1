/** KERNEL_CALL rows of the database (host/include/app_imports.def), counted from the first of them. */
export enum DatabaseRow {
  db_put,
  db_begin,
  db_write,
  db_commit,
  db_abort,
  db_update,
  db_delete,
  db_touch,
  db_cleanup,
  db_purge,
  db_flush,
  db_batch_begin,
  db_batch_commit,
  db_import,
  db_index,
  db_put_list,
  db_delete_list,
  db_key,
  db_get,
  db_info,
  db_change,
  db_query,
  db_keys,
  db_next,
  db_result,
  db_line,
  db_aggregate,
  db_aggregate_next,
  db_error,
  /** Added later, behind other rows. */
  store_stats = 42,
  store_verify,
}

/** The database as the dispatch of syscalls sees it: a kernel without a store has none, and none of its code. */
export abstract class DatabaseCalls {
  /** Answers one row: its arguments as in sdk/syscalls.ts, spans inside the exchange buffer. */
  abstract call(row: i32, a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32, a6: i32): i32;
  /** Tells the time before a call. */
  abstract setTime(nowMs: i64, wallMs: i64): void;
  /** Work in the background, a document at most. Returns true when more waits to be done. */
  abstract step(): bool;
  /** The app starts anew: what it had begun is forgotten. */
  abstract forgetApp(): void;
}

class CallsInUse {
  answers: DatabaseCalls | null = null;
  /** Whether an app asked for what is not there: it is told once. */
  isMissed: bool = false;
}

export const databaseCalls = new CallsInUse();
