/**
 * What the original says when something is not to be had. Each is in the app only if it can be said there.
 * Source: spec/tendrl.md, 5.1 and 12.
 */

// @ts-ignore: decorator
@lazy
export const MODE: string = "Mode must be either 'sync' or 'async'";
// @ts-ignore: decorator
@lazy
export const ASYNC: string = "Asyncio module is required for async mode";
// @ts-ignore: decorator
@lazy
export const SYNC: string = "Machine module is required for sync mode";
// @ts-ignore: decorator
@lazy
export const CALLBACK: string = "callback must be a function accepting dict";
// @ts-ignore: decorator
@lazy
export const DATABASE_MISSING: string = "Client database not available - install full package with MicroTetherDB";
// @ts-ignore: decorator
@lazy
export const DATABASE_OFF: string = "Client database disabled - set client_db=True in constructor";
// @ts-ignore: decorator
@lazy
export const UNMANAGED_OFFLINE: string = "write_offline is not supported in unmanaged mode";
// @ts-ignore: decorator
@lazy
export const TYPES: string = "Allowed types: ['str', 'dict']";
