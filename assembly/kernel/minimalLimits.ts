import { limits } from "./limits";

/** For boards where every kilobyte counts. The first import of its entry: buffers are made with what stands here then. */
limits.window = 8;
limits.receiveBytes = 256;
limits.transportBytes = 512;
limits.inboxBytes = 768;
limits.queueBytes = 1024;
limits.streams = 6;
limits.streamBytes = 512;
limits.subscriptions = 4;
limits.subscriptionBytes = 192;
limits.scratchBytes = 512;
limits.acks = 16;
limits.received = 8;
limits.willBytes = 96;
limits.aliases = 4;
limits.aliasBytes = 160;
