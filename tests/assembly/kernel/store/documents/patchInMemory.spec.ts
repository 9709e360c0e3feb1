/** patchSuite.ts over the engine in RAM. */
import { StoreKind, chooseStore } from "./bench";
import "./patchSuite";

chooseStore(StoreKind.Memory);
