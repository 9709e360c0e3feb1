import { limits } from "../limits";

/** The face's own subscription beside those of an app, nothing with QoS 2, and no will: this cloud needs no more. For full-tendrl, before all else. */
limits.subscriptions = 4;
limits.subscriptionBytes = 384;
limits.received = 4;
limits.willBytes = 96;
