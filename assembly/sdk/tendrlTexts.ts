/** What the original says when something is not to be had. Source: spec/tendrl.md, 5.1 and 12. */
export const MODE: string = "Mode must be either 'sync' or 'async'";
export const ASYNC: string = "Asyncio module is required for async mode";
export const SYNC: string = "Machine module is required for sync mode";
export const CALLBACK: string = "callback must be a function accepting dict";
export const DATABASE_MISSING: string = "Client database not available - install full package with MicroTetherDB";
export const DATABASE_OFF: string = "Client database disabled - set client_db=True in constructor";
export const UNMANAGED_OFFLINE: string = "write_offline is not supported in unmanaged mode";
export const TYPES: string = "Allowed types: ['str', 'dict']";
