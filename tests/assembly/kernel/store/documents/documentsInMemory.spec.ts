/** documentsSuite.ts over the engine in RAM. */
import { StoreKind, chooseStore } from "./bench";
import "./documentsSuite";

chooseStore(StoreKind.Memory);
