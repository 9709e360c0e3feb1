import { limits } from "./limits";

/** For kernels with documents. The first import of their entries: the store is made with what stands here then. */
limits.memtableEntries = 256;
limits.hasIndexes = true;
