/** For `tsc`, by way of ts-patch: lifts every file of a program before it is checked. */
"use strict";

const { lift, needsLift } = require("./lift.cjs");

module.exports = function transformProgram(program, _host, _options, { ts }) {
  for (const file of program.getSourceFiles()) if (!file.isDeclarationFile && needsLift(ts, file)) lift(ts, file);
  return program;
};
module.exports.default = module.exports;
