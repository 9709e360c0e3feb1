export { narrowTextFile, TextBytesTransform } from "./textBytes.js";
export { AppTransform, type TransformOptions } from "./appTransform.js";
