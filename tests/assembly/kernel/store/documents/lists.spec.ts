/** listsSuite.ts over a store of arrays. */
import { StoreKind, chooseStore } from "./bench";
import "./listsSuite";

chooseStore(StoreKind.Map);
