import { limits } from "./limits";

/** For kernels with documents. The first import of their entries: the store is made with what stands here then. */
limits.memtableEntries = 288;
limits.hasIndexes = true;
