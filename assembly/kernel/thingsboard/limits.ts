import { limits } from "../limits";

/** The face's own four filters beside those of the app. For the entries, behind the limits of their size and before all else. */
limits.subscriptions += 4;
limits.subscriptionBytes += 128;
