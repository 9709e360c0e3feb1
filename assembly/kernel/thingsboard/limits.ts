import { limits } from "../limits";

/** The face's own four filters beside those of the app. For the entries, behind the limits of their size and before all else. */
limits.subscriptions += 4;
limits.subscriptionBytes += 128;

/** Readings that wait share messages: eight of these in flight hold as many as sixteen without. And no server of this cloud sends QoS 2. */
limits.window = min(limits.window, 8);
limits.received = 2;
