/** documentsSuite.ts over the engine on flash. */
import { StoreKind, chooseStore } from "./bench";
import "./documentsSuite";

chooseStore(StoreKind.Flash);
