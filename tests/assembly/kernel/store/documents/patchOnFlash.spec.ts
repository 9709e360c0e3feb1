/** patchSuite.ts over the engine on flash. */
import { StoreKind, chooseStore } from "./bench";
import "./patchSuite";

chooseStore(StoreKind.Flash);
