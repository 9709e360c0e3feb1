import { limits } from "../limits";

/** The filters of updates beside the face's: two for each kind of package. For the entries, as limits.ts. */
limits.subscriptions += 4;
limits.subscriptionBytes += 96;
