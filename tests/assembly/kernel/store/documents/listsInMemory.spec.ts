/** listsSuite.ts over the engine in RAM. */
import { StoreKind, chooseStore } from "./bench";
import "./listsSuite";

chooseStore(StoreKind.Memory);
