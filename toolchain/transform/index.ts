export { HeadlessTransform } from "./headless.js";
export { KernelRuntimeTransform, runtimeFiles } from "./kernelRuntime.js";
export { narrowTextFile, TextBytesTransform } from "./textBytes.js";
export { AppTransform, type TransformOptions } from "./appTransform.js";
