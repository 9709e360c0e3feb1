/** listsSuite.ts over the engine on flash. */
import { StoreKind, chooseStore } from "./bench";
import "./listsSuite";

chooseStore(StoreKind.Flash);
