import { limits } from "../limits";

/** What a CONNECT may carry: client id, user and password, in this order. */
export const CLIENT_ID_MAX: i32 = 64;
export const USER_MAX: i32 = 128;
export const PASSWORD_MAX: i32 = 256;

/** Bytes for the length of one call: what a CONNECT says, or one reading as JSON. */
export const scratchBytes: i32 = max(limits.scratchBytes, CLIENT_ID_MAX + USER_MAX + PASSWORD_MAX);
export const scratch: usize = heap.alloc(scratchBytes);
