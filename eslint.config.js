/** Lint rules: what a compiler does not say. AssemblyScript is read by the same parser, its decorators on functions allowed. */
import tseslint from "typescript-eslint";

const ASSEMBLYSCRIPT = [
  "assembly/**/*.ts",
  "examples/**/*.ts",
  "tests/assembly/**/*.ts",
  "tests/fakes/**/*.ts",
  "tests/**/apps/**/*.ts",
  "tests/**/kernels/**/*.ts",
  "tests/bench/assembly/**/*.ts",
  "tests/faults/store/*Module.ts",
];

export default tseslint.config(
  { ignores: ["build/", "node_modules/", "**/*.d.ts"] },
  tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-constant-condition": ["error", { checkLoops: false }],
      "no-debugger": "error",
      "no-dupe-else-if": "error",
      "no-dupe-keys": "error",
      "no-duplicate-case": "error",
      "no-fallthrough": "error",
      "no-self-assign": "error",
      "no-self-compare": "error",
      "no-unreachable": "error",
      "no-unsafe-finally": "error",
      eqeqeq: "error",
    },
  },
  {
    files: ["assembly/**/*.ts", "examples/**/*.ts", "toolchain/**/*.{ts,mjs,cjs}"],
    rules: { "max-lines-per-function": ["error", { max: 52 }] }, // 50 and the two that hold the braces
  },
  {
    files: [
      "toolchain/**/*.ts",
      "tests/toolchain/**/*.ts",
      "tests/contract/**/*.ts",
      "tests/faults/**/*.ts",
      "tests/scenarios/**/*.test.ts",
    ],
    ignores: ASSEMBLYSCRIPT,
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: { "@typescript-eslint/no-floating-promises": ["error", { allowForKnownSafeCalls: ["it", "describe", "test"] }] },
  },
  {
    files: ["**/*.cjs"],
    languageOptions: { sourceType: "commonjs" },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    files: ASSEMBLYSCRIPT,
    languageOptions: { parserOptions: { allowInvalidAST: true } },
    rules: {
      eqeqeq: "off", // == and === are one there
      "prefer-const": "error",
      "@typescript-eslint/ban-ts-comment": "off", // `@ts-ignore: decorator` is the compiler's own idiom
      "@typescript-eslint/no-namespace": "off", // the language's way to group functions
      "@typescript-eslint/no-unused-expressions": "off", // a call of a row may stand alone behind unchecked or a cast
      "@typescript-eslint/no-unused-vars": "off", // decorated functions are used by generated code; the compiler drops the rest
      "@typescript-eslint/no-wrapper-object-types": "off",
    },
  },
);
