/** patchSuite.ts over a store of arrays. */
import { StoreKind, chooseStore } from "./bench";
import "./patchSuite";

chooseStore(StoreKind.Map);
