/** documentsSuite.ts over a store of arrays. */
import { StoreKind, chooseStore } from "./bench";
import "./documentsSuite";

chooseStore(StoreKind.Map);
