export { AppTransform, type TransformOptions } from "./appTransform.js";
